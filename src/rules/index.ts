// Written by `npm run docs`: every rule, sorted by id.
import { egressInternet } from './egress-internet.ts'
import { egressNotIsolated } from './egress-not-isolated.ts'
import { imdsReachable } from './imds-reachable.ts'
import { namespaceNoDefaultDeny } from './namespace-no-default-deny.ts'
import type { Rule } from './rule.ts'

/** The catalogue, sorted by id. */
export const RULES: readonly Rule[] = [egressInternet, egressNotIsolated, imdsReachable, namespaceNoDefaultDeny]
