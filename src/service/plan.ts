/** `system`: for the whole machine, as root. `user`: of one user, who sees less. */
export type ServiceScope = 'system' | 'user';

/** What a service definition says. All paths are absolute. */
export interface ServicePlan {
  scope: ServiceScope;
  /** Program and arguments, one by one. */
  command: readonly string[];
  stateFolder: string;
  /** Folders besides the state folder that the daemon writes into: its reports. */
  writableFolders: readonly string[];
}
