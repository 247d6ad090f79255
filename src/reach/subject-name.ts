import { printHypothetical } from './hypothetical.ts'
import type { PolicySubject } from './layer.ts'

/** What people call the end whose policies are asked: `shop/web`, `any pod in namespace lab`. */
export function subjectName({ endpoint, facts }: PolicySubject): string {
  if (facts.workload !== undefined) return `${facts.workload.namespace}/${facts.workload.name}`
  return endpoint.kind === 'hypothetical' ? printHypothetical(endpoint) : endpoint.id
}
