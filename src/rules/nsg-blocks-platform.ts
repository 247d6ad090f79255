import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { AzureQuery } from '../reach/azure/explain-azure.ts'
import type { Outcome, Step } from '../reach/azure/outcome.ts'
import { bringBack } from './closing/take-back.ts'
import { eachNetwork } from './each.ts'
import { askAzure, azureWitness, hasBalancers } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { type WayOut, waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const nsgBlocksPlatform = defineRule({
  id: 'nsg-blocks-platform',
  meta: {
    title: 'Security group stops what the cluster itself needs',
    severity: 'high',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'Nodes talk to each other on every port, and to the services that AKS is run with. A denial in between breaks pods, upgrades and new nodes, at once or weeks later.',
    fix: 'Allow it above the denial: from node to node, and out to the service tags that AKS needs.',
    sources: [
      'https://learn.microsoft.com/azure/aks/concepts-network#network-security-groups',
      'https://learn.microsoft.com/azure/aks/outbound-rules-control-egress',
    ],
  },

  /** Yields a hit for each subnet of nodes of which a security group certainly stops a packet that every cluster needs. */
  check: eachNetwork(function* (view) {
    for (const way of waysOut(view)) {
      if (way.carries === 'pods') continue
      for (const need of needsOf(way)) {
        const outcome = askAzure(view, need.query)
        const denial = denialOf(outcome)
        if (denial === undefined) continue
        const at = denial.origin ?? denial.resource?.origin
        yield {
          ...azureHit(view, {
            object: way.subnet.object,
            at,
            detail: `${need.words} ${subjectOf(view, way.cluster.object)}`,
            severity: 'high',
            say: `holds nodes of ${labelOf(way.cluster.object)} and ${denial.rule} stops what they need: ${need.words}. ${need.effect} Allow it above the denial.`,
            witness: azureWitness(need.query, outcome),
            decide: `Which rule above the denial is to allow it: ${need.words}?`,
            otherwise: () => broughtBack(view, need.query),
            ...(at && { because: { line: lineOf(at), tells: 'path' as const } }),
          }),
          resource: denial.resource?.address ?? way.subnet.object.resource.address,
        }
        break
      }
    }
  }, isOfNetwork),

  merge: mergeAzure,
})

/** Whether the answers are the same for all manifests: no Service has a rule at the nodes, and each node is asked for with its cluster. */
function isOfNetwork(view: StateView): boolean {
  return !hasBalancers(view) && azureOf(view).clusters.all.every(({ object }) => object.name.known)
}

interface Need {
  readonly query: AzureQuery
  readonly words: string
  readonly effect: string
}

function needsOf({ peer, cluster }: WayOut): readonly Need[] {
  const needs: Need[] = [
    {
      query: { from: peer, to: peer, protocol: 'TCP', port: 10250 },
      words: 'packets from node to node',
      effect: 'Pods on different nodes lose each other, and logs, exec and metrics fail.',
    },
  ]
  const outbound = knownValue(cluster.outboundType)
  // A cluster that is cut off on purpose has its images from a registry of its own.
  if (outbound !== undefined && outbound !== 'none' && outbound !== 'block') {
    needs.push({
      query: { from: peer, to: 'mcr.microsoft.com', protocol: 'TCP', port: 443 },
      words: 'TCP 443 to the registry of system images, mcr.microsoft.com',
      effect: 'Nodes cannot pull system images, so new ones do not join and upgrades fail.',
    })
  }
  return needs
}

/** The group that refuses, where nothing before it does and nothing is unknown. */
function denialOf({ answer, layer, steps }: Outcome): Step | undefined {
  if (answer !== 'denied' || layer !== 'nsg' || steps.some((step) => step.answer === 'unknown')) return undefined
  const step = steps.findLast((one) => one.answer === 'denied')
  // Groups that AKS keeps itself let through what AKS needs.
  return step?.resource === undefined || /^the NSG that AKS keeps/.test(step.rule) ? undefined : step
}

/** What let it through before, where the change took that away. */
function broughtBack(view: StateView, query: AzureQuery) {
  const { before } = view
  if (before === undefined) return []
  return askAzure(before, query).steps.flatMap(({ layer, origin }) =>
    layer === 'nsg' && origin !== undefined ? bringBack(view, origin, 'nsg') : [],
  )
}
