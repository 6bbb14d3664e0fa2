import { describe, expect, it } from 'vitest';
import { brief, flowsIn, flowsOf, play, us } from './recorded.ts';

describe('an accepted connection', () => {
  const world = { listening: [7777] };

  it('is seen by its first read, where the kernel made it in the context of somebody else', () => {
    const told = flowsOf(
      `
      10.0 4668 . addr s9 10.0.0.1:7777 -> 10.0.0.9:40000
      10.5 4668 . recv s9 fam2 proto6 ret=50 flags=0x0
      20.0 4668 . send s9 fam2 proto6 ret=500 flags=0x0
      30.0 4668 . state s9 ESTABLISHED->FIN_WAIT1 fam2 proto6 10.0.0.1:7777 -> 10.0.0.9:40000`,
      world,
    );
    expect(told.map(brief)).toEqual(['accept inbound tcp 10.0.0.1:7777 -> 10.0.0.9:40000 500/50 20us']);
  });

  it('is seen by its close, where nothing else happened', () => {
    const told = flowsOf(
      '30.0 4668 . state s9 CLOSE_WAIT->LAST_ACK fam2 proto6 10.0.0.1:7777 -> 10.0.0.9:40000',
      world,
    );
    expect(told.map(brief)).toEqual(['accept inbound tcp 10.0.0.1:7777 -> 10.0.0.9:40000 0/0 0us']);
  });

  it('is nobody’s doing where only the kernel made it', () => {
    const [told] = flowsOf(
      `
      10.0 4668 s state s9 LISTEN->SYN_RECV fam10 proto6 127.0.0.1:7777 -> 127.0.0.1:33970
      12.0 4668 s state s9 SYN_RECV->ESTABLISHED fam10 proto6 127.0.0.1:7777 -> 127.0.0.1:33970`,
      world,
    );
    expect(told).toMatchObject({ op: 'accept', tid: null, direction: 'inbound' });
  });

  it('is not the target’s where the target only connected to it', () => {
    const told = flowsOf(`
     152.9 4668 . state s1 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:7777
     377.6 4668 . state s1 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:33970 -> 127.0.0.1:7777
     385.9 4668 s state s2 LISTEN->SYN_RECV fam2 proto6 127.0.0.1:7777 -> 127.0.0.1:33970
     392.5 4668 s state s2 SYN_RECV->ESTABLISHED fam2 proto6 127.0.0.1:7777 -> 127.0.0.1:33970
     966.8 4668 s state s2 ESTABLISHED->CLOSE_WAIT fam2 proto6 127.0.0.1:7777 -> 127.0.0.1:33970`);
    expect(told.map(({ op }) => op)).toEqual(['connect']);
  });

  it('is outbound in what is sent before anything was received', () => {
    const told = flowsOf(
      `
    31771.0 4668 . state s2 CLOSE->LISTEN fam10 proto6 :::45699 -> :::0
    31831.8 4668 s state s6 LISTEN->SYN_RECV fam10 proto6 127.0.0.1:45699 -> 127.0.0.1:32892
    31839.6 4668 s state s6 SYN_RECV->ESTABLISHED fam10 proto6 127.0.0.1:45699 -> 127.0.0.1:32892
    31892.7 4668 . send s6 fam10 proto6 ret=6 flags=0x0
    31893.7 4668 . addr s6 127.0.0.1:45699 -> 127.0.0.1:32892
    31894.7 4668 . recv s6 fam10 proto6 ret=9 flags=0x0
    31895.7 4668 . send s6 fam10 proto6 ret=2 flags=0x0
    31908.6 4668 . state s6 ESTABLISHED->FIN_WAIT1 fam10 proto6 127.0.0.1:45699 -> 127.0.0.1:32892`,
    );
    expect(told.map(brief)).toEqual([
      'listen inbound tcp :::45699 -> ? 0/0',
      'accept inbound tcp 127.0.0.1:45699 -> 127.0.0.1:32892 2/9 77us',
      'send outbound tcp 127.0.0.1:45699 -> 127.0.0.1:32892 6/0',
    ]);
  });

  it('is outbound in what is sent where it was made unseen at an address that was used before', () => {
    const flows = flowsIn(world);
    play(
      flows,
      `
      10.0 4668 . addr s9 10.0.0.1:7777 -> 10.0.0.9:40000
      10.5 4668 . recv s9 fam2 proto6 ret=50 flags=0x0
      30.0 4668 . state s9 ESTABLISHED->FIN_WAIT1 fam2 proto6 10.0.0.1:7777 -> 10.0.0.9:40000
      50.0 4668 . send s9 fam2 proto6 ret=12 flags=0x0`,
    );
    expect(flows.take(us(60), false).map(brief)).toEqual([
      'accept inbound tcp 10.0.0.1:7777 -> 10.0.0.9:40000 0/50 20us',
      'send outbound tcp ? -> ? 12/0',
    ]);
    play(flows, '70.0 4668 . state s9 ESTABLISHED->FIN_WAIT1 fam2 proto6 10.0.0.1:7777 -> 10.0.0.9:40001');
    expect(flows.take(us(80), false).map(brief)).toEqual([
      'accept inbound tcp 10.0.0.1:7777 -> 10.0.0.9:40001 0/0 20us',
    ]);
  });
});
