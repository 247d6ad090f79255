import { describe, expect, it } from 'vitest'
import { type AnalysedPair, analyseEdited, analysePair } from '../../src/analyse.ts'
import { diffLayers } from '../../src/compare/diff-layers.ts'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { runHead } from '../../src/edited-review.ts'
import { carryOver } from '../../src/parse/carry-over.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { parseTree } from '../../src/parse/units.ts'
import { ruleSettings } from '../../src/run-rules.ts'
import { hub, route, TO_INTERNET } from '../hub.ts'
import { denyAll, deployment, documents } from '../manifests.ts'
import { memoryTree } from '../source/memory-tree.ts'

const SETTINGS = ruleSettings(EMPTY_CONFIG, '2026-11-01')
const MANIFESTS = documents(deployment('web'), deployment('db'))
const PAST_FIREWALL = route('partner', '203.0.113.0/24', TO_INTERNET)

/** What a review tells of a pair. */
function toldOf({ base, head, ...rest }: AnalysedPair) {
  const flows = diffLayers(base, head)
  const { hits, failed } = runHead({ base, head, ...rest }, flows, SETTINGS)
  return {
    flows: flows.map(({ kind, from, to, cause }) => [kind, from.name, to.name, cause?.why]),
    hits: hits.map(({ rule, hit }) => [rule.id, hit.subject, hit.message]),
    failed,
  }
}

describe('a head whose infrastructure code is edited', () => {
  const cache = new ParseCache()
  const parse = (code: string, manifests = MANIFESTS) =>
    parseTree(memoryTree({ 'infra/main.tf': code, 'shop.yaml': manifests }), { cache })
  const base = parse(hub())
  const { tree: head } = carryOver(base, parse(hub({ more: PAST_FIREWALL })))
  const known = analysePair(base, head, EMPTY_CONFIG)

  it.each([
    ['has another route', hub({ more: route('partner', '198.51.100.0/24', TO_INTERNET) }), MANIFESTS, true],
    ['has another rule of the firewall', hub({ more: PAST_FIREWALL, names: '"api.stripe.com"' }), MANIFESTS, true],
    ['has another engine', hub({ more: PAST_FIREWALL }).replaceAll('"cilium"', '"calico"'), MANIFESTS, false],
    ['has no cluster', hub().replace('azurerm_kubernetes_cluster', 'azurerm_resource_group'), MANIFESTS, false],
    ['is the base again', hub(), MANIFESTS, false],
    ['has another policy as well', hub({ names: '"*"' }), documents(MANIFESTS, denyAll()), false],
  ])('%s: it is told as if it were analysed by itself', (_, code, manifests, isKept) => {
    const { tree: edited } = carryOver(base, parse(code, manifests))
    const [again] = analyseEdited(known, base, edited, EMPTY_CONFIG)
    const [fresh] = analysePair(base, edited, EMPTY_CONFIG)
    expect(toldOf(again!)).toEqual(toldOf(fresh!))
    expect(again!.changed).toBe(fresh!.changed)
    expect(again!.base === known[0]!.base).toBe(isKept)
  })
})
