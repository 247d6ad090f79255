import fc from 'fast-check'
import { SourceText } from '../../src/base/text.ts'
import { buildKubernetesNetwork } from '../../src/model/kubernetes/build-network.ts'
import type { Network } from '../../src/model/network.ts'
import { readManifest } from '../../src/parse/kubernetes/read-manifest.ts'

/** A Kubernetes object as plain data; `${…}` in a string is a value that is not known. */
export type Manifest = Record<string, unknown>

/** Reads objects as a file of JSON, with unknown values for `${…}`. */
export function networkOf(objects: readonly Manifest[]): Network {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  const { resources } = readManifest(new SourceText('cluster.json', text), { flux: true })
  return { kubernetes: buildKubernetesNetwork(resources).network }
}

const unknown = (name: string) => `$\{${name}}`

const KEYS = ['app', 'tier'] as const
const VALUES = ['a', 'b', unknown('value')] as const
const NAMESPACES = ['one', 'two', 'unseen'] as const
const PORT_NAMES = ['http', 'dns'] as const
export const PORTS = [1, 53, 79, 80, 81, 8080, 65535] as const
export const ADDRESSES = [
  '10.0.0.1',
  '10.1.0.1',
  '10.1.2.3',
  '192.0.2.7',
  '203.0.113.10',
  '169.254.169.254',
  '2001:db8::1',
] as const
const CIDRS = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24', '169.254.169.254/32', '::/0', '2001:db8::/64']

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 })
const labels = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES), { maxKeys: 2 })

const expression = fc
  .record({
    key: fc.constantFrom(...KEYS),
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
    values: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 2 }),
  })
  .map(({ key, operator, values }) => (operator.endsWith('In') ? { key, operator, values } : { key, operator }))

const selector = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) },
  { requiredKeys: [] },
)
const namespaceSelector = fc.oneof(
  selector,
  fc.constantFrom(...NAMESPACES, 'elsewhere').map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
)

const block = fc
  .tuple(fc.constantFrom(...CIDRS), fc.boolean())
  .map(([cidr, hole]) => (hole && cidr === '10.0.0.0/8' ? { cidr, except: ['10.1.0.0/16'] } : { cidr }))

const peer = fc.oneof(
  { weight: 3, arbitrary: fc.record({ podSelector: selector }) },
  { weight: 3, arbitrary: fc.record({ podSelector: some(selector), namespaceSelector }) },
  { weight: 3, arbitrary: fc.record({ ipBlock: block }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({}, { ipBlock: { cidr: unknown('cidr') } }, { ipBlock: { cidr: 'nonsense' } }),
  },
)

const port = fc.oneof(
  fc.record({
    protocol: some(fc.constantFrom('TCP', 'UDP', 'SCTP')),
    port: some(fc.constantFrom(...PORTS, ...PORT_NAMES)),
  }),
  fc.constantFrom({ port: 79, endPort: 81 }, { port: 53, endPort: 8080, protocol: 'UDP' }, { port: unknown('port') }),
)

const rules = (field: 'from' | 'to') =>
  some(
    fc.array(
      fc.record({ [field]: some(fc.array(peer, { maxLength: 2 })), ports: some(fc.array(port, { maxLength: 2 })) }),
      { maxLength: 2 },
    ),
  )

const policy = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    podSelector: some(selector),
    policyTypes: fc.constantFrom(undefined, ['Ingress'], ['Egress'], ['Ingress', 'Egress'], unknown('types')),
    ingress: rules('from'),
    egress: rules('to'),
  })
  .map(({ namespace, ...spec }) => ({ namespace, spec }))

const workload = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  kind: fc.constantFrom('Pod', 'Deployment', 'Job'),
  labels,
  hostNetwork: fc.constantFrom(undefined, undefined, undefined, true, unknown('host')),
  ports: fc.array(
    fc.record({
      name: fc.constantFrom(...PORT_NAMES),
      containerPort: fc.constantFrom(53, 80, 8080),
      protocol: some(fc.constantFrom('TCP', 'UDP')),
    }),
    { maxLength: 2 },
  ),
  init: fc.boolean(),
})

const podsOfNamespaces = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
)
const adminPeer = fc.oneof(
  { weight: 4, arbitrary: podsOfNamespaces },
  { weight: 1, arbitrary: fc.constantFrom({ networks: ['10.1.0.0/16'] }, { nodes: {} }, { networks: ['nonsense'] }) },
)
const adminPort = fc.oneof(
  fc.record({ portNumber: fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom(...PORTS) }) }),
  fc.constantFrom(
    { portRange: { protocol: 'TCP', start: 79, end: 8080 } },
    { namedPort: 'http' },
    { namedPort: 'dns' },
  ),
)
const adminRules = (field: 'from' | 'to', actions: readonly string[]) =>
  some(
    fc.array(
      fc.record({
        action: fc.constantFrom(...actions),
        [field]: fc.array(adminPeer, { minLength: 1, maxLength: 2 }),
        ports: some(fc.array(adminPort, { maxLength: 2 })),
      }),
      { maxLength: 3 },
    ),
  )
const adminSpec = (actions: readonly string[]) =>
  fc.record({ subject: podsOfNamespaces, ingress: adminRules('from', actions), egress: adminRules('to', actions) })
const adminPolicies = fc.tuple(
  fc.array(fc.tuple(fc.nat(3), adminSpec(['Allow', 'Deny', 'Pass'])), { maxLength: 3 }),
  some(adminSpec(['Allow', 'Deny'])),
)

/** Small clusters of everything that NetworkPolicies and admin policies can say, unknown and refused parts included. */
export const randomCluster: fc.Arbitrary<readonly Manifest[]> = fc
  .record({
    namespaces: fc.dictionary(fc.constantFrom('one', 'two'), labels),
    workloads: fc.array(workload, { minLength: 1, maxLength: 5 }),
    policies: fc.array(policy, { maxLength: 5 }),
    admin: adminPolicies,
  })
  .map(({ namespaces, workloads, policies, admin: [admin, baseline] }) => [
    ...Object.entries(namespaces).map(([name, own]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: own },
    })),
    ...workloads.map((each, i) => toWorkload(each, `w${i}`)),
    ...policies.map(({ namespace, spec }, i) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p${i}`, namespace },
      spec,
    })),
    ...admin.map(([priority, spec], i) => ({
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: `a${i}` },
      spec: { priority, ...spec },
    })),
    ...(baseline === undefined
      ? []
      : [
          {
            apiVersion: 'policy.networking.k8s.io/v1alpha1',
            kind: 'BaselineAdminNetworkPolicy',
            metadata: { name: 'default' },
            spec: baseline,
          },
        ]),
  ])

function toWorkload(
  { namespace, kind, labels: own, hostNetwork, ports, init }: typeof workload extends fc.Arbitrary<infer T> ? T : never,
  name: string,
): Manifest {
  const spec = {
    hostNetwork,
    containers: init ? [] : [{ name: 'c', ports }],
    initContainers: init ? [{ name: 'i', ports }] : [],
  }
  if (kind === 'Pod') return { apiVersion: 'v1', kind, metadata: { name, namespace, labels: own }, spec }
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1'
  return { apiVersion, kind, metadata: { name, namespace }, spec: { template: { metadata: { labels: own }, spec } } }
}
