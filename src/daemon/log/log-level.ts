/** From the least to the most important. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';
