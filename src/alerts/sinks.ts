import type { SinkConfig } from '../model/alert.ts';
import { alertmanagerSink } from './alertmanager.ts';
import { commandSink } from './command.ts';
import { emailSink } from './email.ts';
import type { Sink } from './sink.ts';
import { slackSink } from './slack.ts';
import { webhookSink } from './webhook.ts';

/** A sink as it is configured. @param instance name of this host, for the receiver */
export function createSink(config: SinkConfig, instance: string): Sink {
  switch (config.type) {
    case 'webhook':
      return webhookSink(config.url, instance);
    case 'slack':
      return slackSink(config.url, instance);
    case 'alertmanager':
      return alertmanagerSink(config.url, instance);
    case 'email':
      return emailSink(config, instance);
    default:
      return commandSink(config, instance);
  }
}
