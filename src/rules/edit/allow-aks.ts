import type { Edit } from '../../base/edit.ts'
import { firstOf } from '../../base/first-of.ts'
import type { Origin } from '../../base/origin.ts'
import { read } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import type { FirewallPolicy, RuleCollectionGroup } from '../../model/azure/firewall.ts'
import { blocksOf, knownItems, knownValue, surely } from '../../model/azure/prop.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import type { ProposedPatch } from '../rule.ts'
import { findBlock } from './hcl-block.ts'
import {
  indentAt,
  type Layout,
  type Literal,
  layoutOf,
  lineStart,
  printLiteral,
  type Syntax,
  syntaxOf,
} from './literal.ts'
import { inPlace } from './one-patch.ts'

/**
 * Lets a subnet of nodes reach what AKS needs: an application rule with the FQDN tag, behind the rules of a collection that allows, or in a
 * new collection of the last group. Undefined where the policy's groups are not written in the tree.
 */
export function allowAks(policy: FirewallPolicy, subnet: Subnet): ProposedPatch | undefined {
  const ranges = knownItems(subnet.prefixes)
  if (ranges.length === 0 || !subnet.prefixes.complete) return undefined
  const rule: AksRule = { ranges }
  const groups = [...policy.groups].reverse()
  const edits =
    firstOf(groups, (group) => intoCollection(group, rule)) ?? firstOf(groups, (group) => intoGroup(group, rule))
  return inPlace(
    edits,
    `Allows the FQDN tag AzureKubernetesService for ${ranges.join(', ')}: the names that every cluster needs, kept up to date by Azure.`,
  )
}

/** Names of rules and collections; one that is taken is refused by Azure, so they are long. */
const RULE_NAME = 'allow-aks-required'
const COLLECTION_NAME = 'aks-required'
const TAG = 'AzureKubernetesService'

interface AksRule {
  readonly ranges: readonly string[]
}

function intoCollection(group: RuleCollectionGroup, rule: AksRule): readonly Edit[] | undefined {
  const collection = group.collections.find(({ kind, action }) => kind === 'application' && surely(action, 'Allow'))
  const last = collection?.rules.at(-1)?.value.origin
  return last && behind(last, (indent, syntax, layout) => printRule(rule, syntax, indent, layout))
}

function intoGroup(group: RuleCollectionGroup, rule: AksRule): readonly Edit[] | undefined {
  const numbers = group.collections.map(({ priority }) => knownValue(priority))
  if (numbers.includes(undefined)) return undefined
  const priority = Math.max(0, ...numbers.map((number) => number ?? 0)) + 100
  if (priority > 65000) return undefined
  const last = blocksOf(read(group.object, 'properties.ruleCollections')).blocks.at(-1)?.origin
  const home = last ?? originOf(group.object)
  if (syntaxOf(home.source.path) === 'hcl') return intoHclGroup(originOf(group.object), rule, priority)
  return (
    last && behind(last, (indent, syntax, layout) => printLiteral(collectionOf(rule, priority), syntax, indent, layout))
  )
}

function intoHclGroup(home: Origin, rule: AksRule, priority: number): readonly Edit[] | undefined {
  const block = findBlock(home)
  if (block === undefined) return undefined
  const { text, path } = block.source
  const layout = layoutOf(text)
  const { lineBreak, step } = layout
  const indent = indentAt(text, block.start) + step
  const close = lineStart(text, block.end - 1)
  if (text.slice(close, block.end - 1).trim() !== '') return undefined
  const head = [
    'application_rule_collection {',
    `${step}name     = "${COLLECTION_NAME}"`,
    `${step}priority = ${priority}`,
    `${step}action   = "Allow"`,
  ]
  const lines = head.map((line) => `${indent}${line}`).join(lineBreak)
  const inner = `${indent}${step}${printRule(rule, 'hcl', indent + step, layout)}`
  return [
    {
      path,
      start: close,
      end: close,
      text: `${lineBreak}${lines}${lineBreak}${lineBreak}${inner}${lineBreak}${indent}}${lineBreak}`,
    },
  ]
}

/** Behind an item of a list or a block, on lines of its own, indented like it. */
function behind(
  { source, start, end, from }: Origin,
  print: (indent: string, syntax: Syntax, layout: Layout) => string,
): readonly Edit[] | undefined {
  const syntax = syntaxOf(source.path)
  const { text, path } = source
  if (syntax === undefined || from !== undefined || text.slice(lineStart(text, start), start).trim() !== '')
    return undefined
  const isWritten = syntax === 'hcl' ? findBlock({ source, start, end })?.type === 'rule' : text[start] === '{'
  if (!isWritten) return undefined
  const layout = layoutOf(text)
  const indent = indentAt(text, start)
  return [
    {
      path,
      start: end,
      end,
      text: `${syntax === 'json' ? ',' : ''}${layout.lineBreak}${indent}${print(indent, syntax, layout)}`,
    },
  ]
}

function printRule({ ranges }: AksRule, syntax: Syntax, indent: string, layout: Layout): string {
  if (syntax !== 'hcl') return printLiteral(ruleOf(ranges), syntax, indent, layout)
  const inner = indent + layout.step
  return [
    'rule {',
    `${inner}name                  = "${RULE_NAME}"`,
    `${inner}source_addresses      = ${printLiteral([...ranges], 'hcl')}`,
    `${inner}destination_fqdn_tags = ["${TAG}"]`,
    `${inner}protocols {`,
    `${inner}${layout.step}type = "Https"`,
    `${inner}${layout.step}port = 443`,
    `${inner}}`,
    `${indent}}`,
  ].join(layout.lineBreak)
}

function ruleOf(ranges: readonly string[]): Literal {
  return {
    ruleType: 'ApplicationRule',
    name: RULE_NAME,
    sourceAddresses: ranges,
    fqdnTags: [TAG],
    protocols: [{ protocolType: 'Https', port: 443 }],
  }
}

function collectionOf({ ranges }: AksRule, priority: number): Literal {
  return {
    ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
    name: COLLECTION_NAME,
    priority,
    action: { type: 'Allow' },
    rules: [ruleOf(ranges)],
  }
}
