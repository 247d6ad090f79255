// Written by `npm run docs`: every rule, sorted by id.
import type { Rule } from './rule.ts'

/** The catalogue, sorted by id. */
export const RULES: readonly Rule[] = [
]
