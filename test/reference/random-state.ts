import type { Cluster } from './cluster-state.ts'
import { type Dice, diceOf } from './dice.ts'
import { randomFirewall } from './random-firewall.ts'
import { randomGateway, randomMachines, withDnsServers, withEndpointGroups, withPoolGroups } from './random-hosts.ts'
import {
  randomAdminPolicies,
  randomCluster,
  randomIngresses,
  randomNamespaces,
  randomPods,
  randomPolicy,
  randomServices,
} from './random-kubernetes.ts'
import {
  type Plan,
  randomAdminRules,
  randomGroups,
  randomPeerings,
  randomRouteTables,
  randomVnets,
} from './random-network.ts'
import { randomEndpoints, randomPaas, randomZones } from './random-paas.ts'
import type { State } from './state.ts'
import { languageOf } from './write-state.ts'

/** A small state; the same seed gives the same one. */
export function randomState(seed: number): State {
  const dice = diceOf(seed)
  const isTerraform = languageOf(seed) === 'terraform'
  const mode = dice.one(['overlay', 'overlay', 'kubenet', 'node-subnet', 'pod-subnet'] as const)
  const plan = randomPlan(dice, mode, isTerraform)
  const nsgs = randomGroups(dice, plan)
  const routeTables = randomRouteTables(dice, plan)
  const vnets = randomVnets(dice, plan, nsgs, routeTables)
  const cluster = withPoolGroups(dice, plan, randomCluster(dice, mode, plan))
  const namespaces = randomNamespaces(dice)
  const pods = randomPods(dice, namespaces, cluster)
  const balancers = randomServices(dice, cluster, pods)
  const isSteered = plan.gatewayVnet !== undefined && dice.chance(0.6)
  const { ingresses, services } = isSteered ? randomIngresses(dice, pods) : { ingresses: [], services: [] }
  const firewall =
    plan.firewallVnet === undefined ? undefined : randomFirewall(dice, plan.firewallVnet, vnets, balancers)
  const balancer = dice.chance(0.3) ? { outbound: dice.chance(0.7) } : undefined
  const paas = randomPaas(dice, { vnets, ...(firewall && { firewall }), ...(balancer && { balancer }) })
  const endpoints = withEndpointGroups(dice, plan, randomEndpoints(dice, vnets, paas))
  const machines = randomMachines(dice, plan, { vnets, nsgs, cluster, endpoints })
  return {
    vnets: withDnsServers(dice, vnets, { ...(firewall && { firewall }), machines, cluster }),
    nsgs,
    routeTables,
    peerings: randomPeerings(dice, plan),
    machines,
    ...(balancer !== undefined && { balancer }),
    ...(plan.gatewayVnet !== undefined && {
      gateway: randomGateway(dice, plan.gatewayVnet, balancers, isSteered),
    }),
    ...(dice.chance(0.2) && {
      // No resource of a template deploys them (§2.5).
      adminRules: { deployed: isTerraform && dice.chance(0.8), collections: randomAdminRules(dice, plan) },
    }),
    groups: plan.groups,
    ...(firewall !== undefined && { firewall }),
    cluster,
    namespaces,
    pods,
    policies: dice.times(dice.below(4), (index) => randomPolicy(dice, namespaces, index, plan.isDual)),
    adminPolicies: dice.chance(0.25) ? randomAdminPolicies(dice) : [],
    services: [...balancers, ...services],
    ingresses,
    paas,
    endpoints,
    zones: randomZones(dice, vnets, paas, endpoints),
  }
}

function randomPlan(dice: Dice, mode: Cluster['mode'], isTerraform: boolean): Plan {
  const hasFar = dice.chance(0.6)
  const vnets = hasFar ? (['hub', 'far'] as const) : (['hub'] as const)
  const clusterVnet = hasFar && dice.chance(0.3) ? 'far' : 'hub'
  return {
    vnets,
    clusterVnet,
    firewallVnet: dice.chance(0.45) ? dice.one(vnets) : undefined,
    gatewayVnet: dice.chance(0.3) ? (dice.chance(0.75) ? clusterVnet : dice.one(vnets)) : undefined,
    // Only these plugins have both families (§5.1).
    isDual: (mode === 'overlay' || mode === 'kubenet') && dice.chance(0.25),
    groups: dice.chance(0.3) ? ['asg0', 'asg1'].slice(0, 1 + dice.below(2)) : [],
    isPrivate: !isTerraform && dice.chance(0.4),
  }
}
