import { alertBody, type AlertDocument, alertDocument, alertHeadline, beginning } from '../render/alert.ts';
import { postJson } from './http-post.ts';
import type { Sink } from './sink.ts';

/** Of the text: beyond 4,000 characters it is cut, and the code block would stay open. */
const LONGEST = 3_000;

/** An incoming webhook of Slack, or of whatever takes the same (Mattermost, Rocket.Chat, Zulip). */
export function slackSink(url: string, instance: string): Sink {
  return {
    type: 'slack',
    refreshMs: null,
    send: (notice, signal) => postJson(url, slackMessage(alertDocument(notice, instance)), {}, signal),
  };
}

/**
 * Everything that an app may have said stands in a code block, where neither links nor mentions nor formatting mean anything.
 * `&`, `<` and `>` are escaped as https://docs.slack.dev/messaging/formatting-message-text asks.
 */
export function slackMessage(document: AlertDocument): {
  text: string;
  unfurl_links: boolean;
  unfurl_media: boolean;
} {
  const block = beginning(`${alertHeadline(document)}\n${alertBody(document)}`, LONGEST);
  const harmless = block
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('`', 'ˋ');
  return { text: `*idleproof*\n\`\`\`\n${harmless}\n\`\`\``, unfurl_links: false, unfurl_media: false };
}
