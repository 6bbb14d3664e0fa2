import { startAlertmanager } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const alertmanager: ZooProgram = {
  name: 'prometheus-alertmanager',
  commands: ['prometheus-alertmanager'],
  truth: { ...STILL, timers: 'irregular' },
  about: 'has nobody to tell anything; its runtime wakes now and then',
  start: (keep) => keep(startAlertmanager('http://127.0.0.1:9/nobody')),
};
