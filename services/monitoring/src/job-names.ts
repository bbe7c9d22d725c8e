/** Names under which RPCs ask for jobs. */
export const reconcileJobs = { quick: "reconcile-assets", thorough: "reconcile-assets-thoroughly" } as const;
