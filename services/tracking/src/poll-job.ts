/** Name of the job that polls a provider, for whoever runs it. */
export const pollJobName = (provider: string): string => `poll-${provider}`;
