/**
 * The text format of np-guard's analyser for `list`, `diff` and `eval`, and what that analyser means by it, so that its users can switch.
 *
 * It differs from our own understanding: a closed world in which namespaces and labels that are not in the input do not exist, objects
 * chosen by kind alone, no node network, and addresses cut at every border that any policy has.
 */
export { diffNpGuard } from './diff.ts'
export { evaluateNpGuard } from './evaluate.ts'
export type { NpGuardInput } from './input.ts'
export { listNpGuard } from './list.ts'
export { readNpGuardInput } from './read-input.ts'
export type { NpGuardResult } from './result.ts'
