/** Milliseconds of processor that this thread has used: what else runs on the machine does not count, as it would on a clock. */
export function processorTime(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
