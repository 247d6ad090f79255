import type { FilterPackets } from '../../compare/nsg-packets.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import type { FilterRule } from '../../reach/layers/nsg.ts'
import { type Because, lineOf } from '../one-line.ts'
import type { Hit } from '../rule.ts'
import { mergeAzure } from './azure-hit.ts'

/** The object that a rule of a filter was read from. */
export function ruleObject(
  azure: AzureNetwork,
  { object }: FilterPackets,
  { origin }: FilterRule,
): AzureObject | undefined {
  const rules = [object, ...azure.objects.childrenOf(object, 'securityRules')]
  return rules.find((one) => one.type.endsWith('/securityrules') && originOf(one) === origin)
}

/** What findings about one rule of a security group have in common. */
export function becauseOf({ origin }: FilterRule, rest: Omit<Because, 'line'>): Pick<Hit, 'because'> {
  return origin === undefined ? {} : { because: { line: lineOf(origin), ...rest } }
}

/** The hit with the rule's own resource as its place: a rule may be a resource of its own. */
export function takesRule(hit: Hit, { resource, origin }: FilterRule): Hit {
  if (resource === undefined || origin === undefined) return hit
  return { ...hit, resource: resource.address, cause: `${resource.address} ${origin.source.path} ${origin.start}` }
}

/** One rule that opens several ports is one finding that names them. */
export function mergePorts(hits: readonly Hit[]): Hit {
  const [first, ...others] = hits
  if (others.length === 0) return first!
  const ports = [...new Set(others.flatMap(({ subject }) => /TCP \d+$/.exec(subject)?.[0] ?? []))]
  const merged = mergeAzure(
    hits.filter(({ subject }) => /TCP \d+$/.exec(subject)?.[0] === /TCP \d+$/.exec(first!.subject)?.[0]),
  )
  return ports.length === 0
    ? merged
    : {
        ...merged,
        message: `${merged.message} The same rule opens ${ports.slice(0, 8).join(', ')}${ports.length > 8 ? ' and more' : ''}.`,
      }
}
