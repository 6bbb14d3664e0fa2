/** MSG_ flags of linux/socket.h. */
export const MSG_PEEK = 0x2;
export const MSG_ERRQUEUE = 0x2000;
export const MSG_FASTOPEN = 0x20000000;
