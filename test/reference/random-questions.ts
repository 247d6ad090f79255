import { diceOf } from './dice.ts'
import { paasName } from './paas-walk.ts'
import { AZURE_NAMES, NAMES, OUTSIDE, OUTSIDE_V6, PORTS, TAGS } from './random-ranges.ts'
import type { Question, State } from './state.ts'

/** Questions about a state, of every kind that it has ends for. */
export function randomQuestions(state: State, seed: number, count: number): readonly Question[] {
  const dice = diceOf(seed ^ 0x5bd1e995)
  const pods = state.pods.map(({ namespace, name }) => `${namespace}/${name}`)
  const nodes = state.cluster.pools.map(({ name }) => `node/${name}`)
  const machines = state.machines.map(({ address }) => address)
  const free = freeSubnets(state)
  const hosts = free.map(({ host }) => host)
  const paas = state.paas.map(paasName)
  const froms = [pods, pods, pods, nodes, hosts, machines, free.map(({ subnet }) => subnet), ['internet'], [...OUTSIDE]]
  const nowhere = ['10.9.0.9', '192.168.4.4']
  const tos = [
    pods,
    pods,
    pods,
    nodes,
    hosts,
    machines,
    nowhere,
    free.map(({ subnet }) => subnet),
    ['internet'],
    [...OUTSIDE],
    [...NAMES, ...AZURE_NAMES],
    [...NAMES, ...AZURE_NAMES],
    paas,
    paas,
    ['api-server'],
    ['metadata'],
    TAGS.map((tag) => `tag/${tag}`),
  ]
  const some = (lists: readonly (readonly string[])[]) => dice.one(lists.filter((list) => list.length > 0))
  const dual = free.filter(({ hasV6 }) => hasV6)
  const hostsV6 = dual.map(({ subnet }) => `fd00:${subnet.includes('/hub-') ? 1 : 2}:0:${subnet.at(-1)}::8c`)
  const reachedFromOutside = new Set([...pods, ...nodes, ...machines, ...paas, 'api-server'])
  return dice.times(count, (): Question => {
    if (state.cluster.podCidr6 !== undefined && dice.chance(0.3)) {
      const from = dice.one(some([pods, pods, nodes, hostsV6, dual.map(({ subnet }) => subnet)]))
      const to = dice.one(some([[...OUTSIDE_V6], hostsV6].filter((list) => !list.includes(from))))
      return { from, to, protocol: dice.chance(0.85) ? 'TCP' : 'UDP', port: dice.one([...PORTS, 443]) }
    }
    for (;;) {
      const from = dice.one(some(froms))
      const to = dice.one(some(tos))
      const isOutside = from === 'internet' || OUTSIDE.some((address) => address === from)
      if (from === to || (from.startsWith('node/') && to.startsWith('node/'))) continue
      // Both ends outside of the tree, or a question that nobody asks.
      if (isOutside && !reachedFromOutside.has(to)) continue
      const wanted = state.pods.find(({ namespace, name }) => to === `${namespace}/${name}`)?.port
      const usual = wanted ?? (to.endsWith('.database.windows.net') ? 1433 : undefined)
      const port = usual !== undefined && dice.chance(0.8) ? usual : dice.one([...PORTS, 443])
      return { from, to, protocol: dice.chance(0.85) ? 'TCP' : 'UDP', port }
    }
  })
}

/** Subnets where hosts are that are neither pods, nodes, endpoints nor the gateway. */
function freeSubnets({ vnets, cluster, endpoints }: State) {
  const isTaken = (vnet: string, subnet: string) =>
    subnet.endsWith('-gw') ||
    cluster.pools.some((pool) => pool.vnet === vnet && [pool.subnet, pool.podSubnet].includes(subnet)) ||
    endpoints.some((endpoint) => endpoint.subnet === subnet)
  return vnets.flatMap((vnet) =>
    vnet.subnets
      .filter(({ name }) => !isTaken(vnet.name, name))
      .map(({ name, prefix, prefix6 }) => ({
        subnet: `subnet/${vnet.name}/${name}`,
        host: prefix.replace('.0/24', '.140'),
        hasV6: prefix6 !== undefined,
      })),
  )
}
