import { describe, expect, it } from 'vitest';
import { isUserUnknown, unknownWorkTypes, userTypes } from '../../../../src/core/discovery/event-types.ts';
import { scoreTable } from '../../../../src/core/discovery/table-score.ts';

describe('userTypes', () => {
  it.each([
    [['user_message', 'llm_request', 'tool_run'], ['user_message']],
    [['UserPrompt', 'ToolCall', 'Heartbeat'], ['UserPrompt']],
    [['chat.question', 'chat.answer'], ['chat.question']],
    [['human', 'assistant'], ['human']],
    [['message', 'sync'], ['message']],
    // An agent's message is nobody's, and so is what a job does with users.
    [['agent_message', 'user_cleanup_job', 'heartbeat'], []],
    [['user_message', 'message'], ['user_message']],
    [['message_sent', 'retry'], []],
    [['4', '5'], []],
    [[], []],
  ])('%j → %j', (types, expected) => expect(userTypes(types)).toEqual(expected));
});

describe('unknownWorkTypes', () => {
  it('names what the shipped rules would not see', () => {
    expect(
      unknownWorkTypes(['tool_run', 'llm_request', 'ToolCall', 'model.completion', 'user_message']),
    ).toEqual(['ToolCall', 'model.completion']);
  });
});

it('knows when the shipped rules do not know the user', () => {
  expect(isUserUnknown(['UserPrompt', 'tool_run'], ['UserPrompt'])).toBe(true);
  expect(isUserUnknown(['UserPrompt', 'sync'], ['UserPrompt'])).toBe(false);
  expect(isUserUnknown(['user_message', 'tool_run'], ['user_message'])).toBe(false);
});

describe('scoreTable', () => {
  const shape = { typeColumn: 'type', timeColumn: 'created_at', types: ['a'], hasUserType: false };
  it('prefers what is called events, and refuses what is something else', () => {
    const events = scoreTable({ ...shape, table: 'events' });
    const app = scoreTable({ ...shape, table: 'app_events' });
    const history = scoreTable({ ...shape, table: 'history' });
    expect(events).toBeGreaterThan(app!);
    expect(app).toBeGreaterThan(history!);
    expect(scoreTable({ ...shape, table: 'users', typeColumn: 'name' })).toBeNull();
    expect(scoreTable({ ...shape, table: 'previews_v1', types: [] })).toBeNull();
    expect(scoreTable({ ...shape, table: 'records', hasUserType: true })).not.toBeNull();
    expect(scoreTable({ ...shape, table: 'preventsleep', typeColumn: 'name', timeColumn: null })).toBeNull();
  });
  it('takes no column of many values for a type', () => {
    const types = Array.from({ length: 51 }, (_, index) => `t${index}`);
    expect(scoreTable({ ...shape, table: 'events', types })).toBeNull();
  });
});
