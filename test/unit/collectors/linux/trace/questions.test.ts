import { describe, expect, it } from 'vitest';
import { LastQuestions, Questions } from '../../../../../src/collectors/linux/trace/questions.ts';

const S = 1e9;

describe('Questions', () => {
  it('what is sent before anything was received is no answer', () => {
    const questions = new Questions();
    expect([questions.isAwaited(0), questions.sent(0), questions.sent(5 * S)]).toEqual([false, false, false]);
  });

  it('the first that is sent after a question is its answer, however late, and what follows for a second', () => {
    const questions = new Questions();
    questions.received(0);
    expect(questions.isAwaited(30 * S)).toBe(true);
    expect(questions.sent(30 * S)).toBe(true);
    expect([questions.sent(30.5 * S), questions.isAwaited(30.9 * S)]).toEqual([true, true]);
    expect([questions.sent(31.1 * S), questions.isAwaited(31.1 * S)]).toEqual([false, false]);
  });

  it('what acknowledges something that was sent asks for nothing, but what follows at once', () => {
    const questions = new Questions();
    questions.received(0);
    expect(questions.sent(0.1 * S)).toBe(true);
    questions.received(0.2 * S);
    for (const beat of [25, 50, 75]) {
      expect(questions.sent(beat * S)).toBe(false);
      questions.received((beat + 0.01) * S);
    }
    expect(questions.sent(75.5 * S)).toBe(true);
    questions.received(100 * S);
    expect(questions.sent(130 * S)).toBe(true);
  });

  it('what is passed on to others is done for who asks, for a moment where that follows an answer, and not for who acknowledges', () => {
    const questions = new Questions();
    expect(questions.received(0)).toBe(S);
    questions.sent(0.1 * S);
    expect(questions.received(0.9 * S)).toBe(0.1 * S);
    expect(questions.sent(30 * S)).toBe(false);
    expect(questions.received(30.5 * S)).toBe(0);
    expect(questions.received(31.5 * S)).toBe(S);
  });

  it('what is pushed again and again is none, however often', () => {
    const questions = new Questions();
    questions.received(0);
    const pushed = Array.from({ length: 10 }, (_, nth) => questions.sent(nth * 0.3 * S));
    expect(pushed).toEqual([true, true, true, true, false, false, false, false, false, false]);
    questions.received(4 * S);
    expect(questions.sent(4.1 * S)).toBe(true);
  });
});

describe('LastQuestions', () => {
  it('knows until when a target does what somebody has asked for', () => {
    const questions = new LastQuestions();
    questions.asked('app', 6 * S);
    questions.asked('app', 5.1 * S);
    expect([questions.isRecent('app', 5.9 * S), questions.isRecent('app', 6 * S)]).toEqual([true, false]);
    expect(questions.isRecent('other', 5 * S)).toBe(false);
  });
});
