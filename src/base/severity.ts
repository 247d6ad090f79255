/** Most severe first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'note'] as const
export type Severity = (typeof SEVERITIES)[number]

/** True where `severity` is `threshold` or worse. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold)
}
