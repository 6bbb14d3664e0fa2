# What goes over loopback, as the wire shows it: a line of JSON for each packet of TCP that opens a connection or carries bytes, and for
# each datagram. Needs root. Prints «ready» first; ends when its standard input does.
import json, select, socket, struct, sys

ETH_P_ALL, PACKET_OUTGOING, IP_TCP, IP_UDP, SYN, ACK = 3, 4, 6, 17, 0x02, 0x10
SO_TIMESTAMPNS = 35
wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
wire.bind(('lo', 0))
print('ready', flush=True)
while True:
    ready, _, _ = select.select([wire, sys.stdin], [], [])
    if sys.stdin in ready:
        break
    packet, notes, _, address = wire.recvmsg(96, 64)
    if address[2] != PACKET_OUTGOING or len(packet) < 28 or packet[0] >> 4 != 4:
        continue
    stamp = next((data for level, kind, data in notes if kind == SO_TIMESTAMPNS), None)
    if stamp is None:
        continue
    at = 1000 * struct.unpack('qq', stamp)[0] + struct.unpack('qq', stamp)[1] / 1e6
    head = 4 * (packet[0] & 15)
    size, protocol = struct.unpack('!H', packet[2:4])[0], packet[9]
    port = struct.unpack('!H', packet[head + 2:head + 4])[0]
    if protocol == IP_UDP:
        print(json.dumps({'atMs': at, 'protocol': 'udp', 'port': port}), flush=True)
    elif protocol == IP_TCP:
        carries = size - head - 4 * (packet[head + 12] >> 4)
        if carries > 0 or packet[head + 13] & (SYN | ACK) == SYN:
            print(json.dumps({'atMs': at, 'protocol': 'tcp', 'port': port}), flush=True)
