import { filtersOf, type RulePackets } from '../compare/nsg-packets.ts'
import { coversPackets, isEmptyBox, type PacketBox, TooManyPackets } from '../compare/packets.ts'
import type { FilterRule } from '../reach/layers/nsg.ts'
import { inPlace } from './edit/one-patch.ts'
import { removeResource } from './edit/remove-resource.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { ruleObject, takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgRuleShadowed = defineRule({
  id: 'nsg-rule-shadowed',
  meta: {
    title: 'Rule of a network security group never decides',
    severity: 'note',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'A rule below others that cover it has no effect: a denial that was meant to protect does not, or the rule is left over.',
    fix: 'Move it above the rules that cover it, or take it out.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview'],
  },

  /** Yields a hit for each rule whose every packet is decided above it; more urgent for a denial below a rule that allows. */
  *check(view) {
    const azure = azureOf(view)
    for (const filter of filtersOf(azure)) {
      if (!filter.filter.complete) continue
      for (const way of ['inbound', 'outbound'] as const) {
        for (const { rule, cover } of coveredRules(filter.of(way))) {
          const isLost = rule.access === 'Deny' && cover.every((other) => other.rule.access !== 'Deny')
          const object = ruleObject(azure, filter, rule)
          const hit = azureHit(view, {
            object: filter.object,
            at: rule.origin,
            detail: `shadowed ${way} ${rule.name}`,
            severity: isLost ? 'medium' : 'note',
            say: `never comes to rule ${rule.name} (${way}, priority ${rule.priority}): ${namesOf(cover)} ${cover.length === 1 ? 'decides' : 'decide'} about all of its packets before it. ${isLost ? 'What it was meant to deny is allowed: move it above.' : 'Take it out, or move it above.'}`,
            fix: () =>
              isLost || object === undefined
                ? undefined
                : inPlace(removeResource(object), `Takes rule ${rule.name} out, which decides nothing.`),
          })
          yield takesRule(hit, rule)
        }
      }
    }
  },

  merge: mergeAzure,

  /** Without the rule. */
  patch: (hit) => hit.fix?.(),
})

/** A rule whose every packet is decided above it. */
interface Covered {
  readonly rule: FilterRule
  readonly cover: readonly RulePackets[]
}

const known = new WeakMap<readonly RulePackets[], readonly Covered[]>()

/** Worked out once for all states and sides that share the rules of a group. */
function coveredRules(rules: readonly RulePackets[]): readonly Covered[] {
  let covered = known.get(rules)
  if (covered === undefined) {
    covered = rules.flatMap((one, i): readonly Covered[] => {
      const cover = one.rule.isDefault ? undefined : coverOf(one, rules.slice(0, i))
      return cover === undefined ? [] : [{ rule: one.rule, cover }]
    })
    known.set(rules, covered)
  }
  return covered
}

/** The rules above that together certainly decide about every packet that a rule may match; undefined where some are left to it. */
function coverOf({ matches, rule }: RulePackets, above: readonly RulePackets[]): readonly RulePackets[] | undefined {
  const own = matches.possible
  if (isEmptyBox(own) || rule.present !== 'yes' || rule.access === undefined) return undefined
  const sure = above.filter(({ rule: other }) => other.present === 'yes' && other.access !== undefined)
  const alone = sure.find(({ matches: other }) => covers([other.certain], own))
  if (alone !== undefined) return [alone]
  return covers(
    sure.map(({ matches: other }) => other.certain),
    own,
  )
    ? sure
    : undefined
}

function covers(boxes: readonly PacketBox[], own: PacketBox): boolean {
  try {
    return coversPackets(boxes, [own])
  } catch (error) {
    if (error instanceof TooManyPackets) return false
    throw error
  }
}

function namesOf(rules: readonly RulePackets[]): string {
  return rules.length > 3
    ? `${rules.length} rules above`
    : rules.map(({ rule }) => `${rule.name} (${rule.priority})`).join(', ')
}
