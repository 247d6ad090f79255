import { describe, expect, it } from 'vitest'
import { printConnections } from '../../src/algebra/connections.ts'
import { SourceText } from '../../src/base/text.ts'
import { buildKubernetesNetwork } from '../../src/model/kubernetes/build-network.ts'
import { readManifest } from '../../src/parse/kubernetes/read-manifest.ts'
import { diffReachability } from '../../src/reach/difference.ts'
import type { Engine } from '../../src/reach/engine.ts'
import { evaluate } from '../../src/reach/evaluate.ts'
import { buildReachability, type Reachability } from '../../src/reach/reachability.ts'

/**
 * What a change of policies opens and closes, one row for each rule of the NetworkPolicy API.
 *
 * `x` is a pod `app: px` in namespace `a`, `y` a pod `app: py` in `b`, `z` another pod of `b`; `world` is an address outside the cluster.
 */
const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: {name: a}
---
apiVersion: v1
kind: Namespace
metadata: {name: b, labels: {team: b}}
---
apiVersion: v1
kind: Pod
metadata: {name: px, namespace: a, labels: {app: px}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: py, namespace: b, labels: {app: py, env: prod}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: pz, namespace: b, labels: {app: pz}}
spec: {containers: [{name: c}]}
`

const policy = (spec: string, namespace = 'a', name = 'p') =>
  `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`

function states(...texts: readonly string[]): readonly Reachability[] {
  return buildReachability(
    texts.map((text) => {
      const { resources } = readManifest(new SourceText('cluster.yaml', text), { flux: false })
      return { network: { kubernetes: buildKubernetesNetwork(resources).network } }
    }),
  )
}

const PEERS = { x: 'a/px', y: 'b/py', z: 'b/pz', world: '203.0.113.10' } as const
type Name = keyof typeof PEERS

/** `y>x TCP 80` or `y>x UDP 53`: allowed in that state? */
function isAllowed(reach: Reachability, question: string): string {
  const [pair, protocol, port] = question.split(' ')
  const [from, to] = pair!.split('>') as [Name, Name]
  const query = { from: PEERS[from], to: PEERS[to], protocol: protocol as 'TCP', port: Number(port) }
  return evaluate(reach, query).allowed
}

const DENY_X = '{podSelector: {matchLabels: {app: px}}, policyTypes: [Ingress]}'
const ROWS: readonly {
  readonly id: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Questions with the answer before and after. */
  readonly expect: Readonly<Record<string, readonly [string, string]>>
}[] = [
  {
    id: 'NP01 a default deny of ingress closes ingress and leaves egress',
    before: [],
    after: [policy('{podSelector: {}, policyTypes: [Ingress]}')],
    expect: { 'y>x TCP 80': ['yes', 'no'], 'world>x TCP 80': ['yes', 'no'], 'x>y TCP 80': ['yes', 'yes'] },
  },
  {
    id: 'NP02 an empty egress list without policyTypes isolates ingress',
    before: [],
    after: [policy('{podSelector: {}, egress: []}')],
    expect: { 'y>x TCP 80': ['yes', 'no'], 'x>world TCP 443': ['yes', 'yes'] },
  },
  {
    id: 'NP03 egress rules without policyTypes isolate both directions',
    before: [],
    after: [policy('{podSelector: {}, egress: [{ports: [{port: 443}]}]}')],
    expect: { 'y>x TCP 80': ['yes', 'no'], 'x>y TCP 80': ['yes', 'no'], 'x>y TCP 443': ['yes', 'yes'] },
  },
  {
    id: 'NP04 rules of a direction that policyTypes leaves out do nothing',
    before: [policy('{podSelector: {}, policyTypes: [Egress]}')],
    after: [policy('{podSelector: {}, policyTypes: [Egress], ingress: [{from: [{podSelector: {}}]}]}')],
    expect: { 'y>x TCP 80': ['yes', 'yes'], 'x>y TCP 80': ['no', 'no'] },
  },
  {
    id: 'NP05 an empty rule allows everything',
    before: [policy(DENY_X)],
    after: [policy('{podSelector: {}, ingress: [{}]}')],
    expect: { 'y>x TCP 80': ['no', 'yes'], 'world>x UDP 53': ['no', 'yes'] },
  },
  {
    id: 'NP06 an empty from is every source',
    before: [
      policy(
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: py}}}], ports: [{port: 80}]}]}',
      ),
    ],
    after: [policy('{podSelector: {}, ingress: [{from: [], ports: [{port: 80}]}]}')],
    expect: { 'world>x TCP 80': ['no', 'yes'], 'z>x TCP 80': ['no', 'yes'], 'y>x TCP 81': ['no', 'no'] },
  },
  {
    id: 'NP07 a dash makes two peers of one',
    before: [
      policy(
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: py}}}]}]}',
      ),
    ],
    after: [
      policy(
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}, {podSelector: {matchLabels: {app: py}}}]}]}',
      ),
    ],
    expect: { 'y>x TCP 80': ['yes', 'yes'], 'z>x TCP 80': ['no', 'yes'] },
  },
  {
    id: 'NP08 a pod selector alone means the own namespace',
    before: [policy('{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: py}}}]}]}')],
    after: [
      policy('{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: py}}}]}]}'),
    ],
    expect: { 'y>x TCP 80': ['no', 'yes'] },
  },
  {
    id: 'NP09 every namespace is pods only, and no peer is every destination',
    before: [policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}')],
    after: [policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: []}]}')],
    expect: { 'x>y TCP 80': ['yes', 'yes'], 'x>world TCP 443': ['no', 'yes'] },
  },
  {
    id: 'NP15 a port name means what the pod says',
    before: [policy('{podSelector: {}, ingress: [{ports: [{port: http}]}]}')],
    after: [policy('{podSelector: {}, ingress: [{ports: [{port: web}]}]}')],
    expect: { 'y>x TCP 80': ['yes', 'no'] },
  },
  {
    id: 'NP16 a port name has a protocol',
    before: [policy('{podSelector: {}, ingress: [{ports: [{port: dns, protocol: UDP}]}]}')],
    after: [policy('{podSelector: {}, ingress: [{ports: [{port: dns, protocol: TCP}]}]}')],
    expect: { 'y>x UDP 53': ['yes', 'no'], 'y>x TCP 53': ['no', 'no'] },
  },
  {
    id: 'NP18 endPort is included',
    before: [policy('{podSelector: {}, ingress: [{ports: [{port: 8000}]}]}')],
    after: [policy('{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8010}]}]}')],
    expect: { 'y>x TCP 8000': ['yes', 'yes'], 'y>x TCP 8010': ['no', 'yes'], 'y>x TCP 8011': ['no', 'no'] },
  },
  {
    id: 'NP19 a policy that the API server refuses may be in force or not',
    before: [],
    after: [policy('{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 7000}]}]}')],
    expect: { 'y>x TCP 80': ['yes', 'maybe'] },
  },
  {
    id: 'NP20 a port without protocol is TCP',
    before: [policy('{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}')],
    after: [policy('{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53}]}]}')],
    expect: { 'x>world UDP 53': ['yes', 'no'], 'x>world TCP 53': ['no', 'yes'] },
  },
  {
    id: 'NP21 an exception is cut out of its block',
    before: [
      policy(
        '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [203.0.113.0/24]}}]}]}',
      ),
    ],
    after: [policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}')],
    expect: { 'x>world TCP 443': ['no', 'yes'], 'x>y TCP 80': ['no', 'no'] },
  },
  {
    id: 'NP23 another block brings back what an exception cut out',
    before: [
      policy(
        '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.0.0/8, except: [203.0.0.0/16]}}]}]}',
      ),
    ],
    after: [
      policy(
        '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.0.0/8, except: [203.0.0.0/16]}}, {ipBlock: {cidr: 203.0.113.0/24}}]}]}',
      ),
    ],
    expect: { 'x>world TCP 443': ['no', 'yes'] },
  },
  {
    id: 'NP25 NotIn holds without the key',
    before: [
      policy(
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: env, operator: In, values: [prod]}]}}]}]}',
      ),
    ],
    after: [
      policy(
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: env, operator: NotIn, values: [prod]}]}}]}]}',
      ),
    ],
    expect: { 'y>x TCP 80': ['yes', 'no'], 'z>x TCP 80': ['no', 'yes'] },
  },
  {
    id: 'NP27 every namespace has its name as a label',
    before: [policy(DENY_X)],
    after: [
      policy(
        '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}]}]}',
      ),
    ],
    expect: { 'y>x TCP 80': ['no', 'yes'], 'world>x TCP 80': ['no', 'no'] },
  },
  {
    id: 'NP29 a policy without namespace lands in default',
    before: [policy('{podSelector: {}}').replace(', namespace: a', '')],
    after: [policy('{podSelector: {}}')],
    expect: { 'y>x TCP 80': ['yes', 'no'] },
  },
  {
    id: 'NP30 both sides must allow',
    before: [policy('{podSelector: {}, policyTypes: [Ingress]}', 'b', 'q')],
    after: [
      policy('{podSelector: {}, policyTypes: [Ingress]}', 'b', 'q'),
      policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}'),
    ],
    expect: { 'x>y TCP 80': ['no', 'no'] },
  },
]

describe('NetworkPolicy', () => {
  it.each(ROWS)('$id', ({ before, after, expect: expected }) => {
    const [base, head] = states(CLUSTER + before.join(''), CLUSTER + after.join(''))
    const answers = Object.keys(expected).map((question) => [
      question,
      [isAllowed(base!, question), isAllowed(head!, question)],
    ])
    expect(Object.fromEntries(answers)).toEqual(expected)
  })

  it('NP22 a block means pods only where the engine says so', () => {
    const text =
      CLUSTER + policy('{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}')
    const { resources } = readManifest(new SourceText('cluster.yaml', text), { flux: false })
    const network = { kubernetes: buildKubernetesNetwork(resources).network }
    const answer = (engine: Engine) =>
      isAllowed(buildReachability([{ network, cluster: { engine } }])[0]!, 'x>y TCP 80')
    expect([answer('unknown'), answer('cilium'), answer('azure'), answer('calico'), answer('none')]).toEqual([
      'no',
      'no',
      'yes',
      'yes',
      'yes',
    ])
  })

  it('gives no difference for other text of the same meaning', () => {
    const [base, head] = states(
      CLUSTER + policy('{podSelector: {matchLabels: {app: px}}, ingress: [{ports: [{port: 80, endPort: 90}]}]}'),
      CLUSTER.replaceAll('cluster', 'moved') +
        policy(
          '{podSelector: {matchExpressions: [{key: app, operator: In, values: [px]}]}, policyTypes: [Ingress], ingress: [{from: [], ports: [{port: 85, endPort: 90}, {port: 80, endPort: 84}]}]}',
          'a',
          'renamed',
        ),
    )
    expect(diffReachability(base!, head!).connections).toEqual([])
  })

  it('tells what opened, with what it had before', () => {
    const rule = (port: number) =>
      policy(
        `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}], ports: [{port: ${port}}]}]}`,
      )
    const [base, head] = states(CLUSTER + rule(80), CLUSTER + rule(81))
    const { connections } = diffReachability(base!, head!)
    const y = base!.universe.classOf.get('b/py[Pod]')!
    const rows = connections.filter(({ from }) => (from.classes[y >>> 5]! & (1 << (y & 31))) !== 0)
    expect(
      rows.map(({ before, after }) => [printConnections(before.certain), printConnections(after.certain)]),
    ).toEqual([['TCP 80', 'TCP 81']])
  })

  it('judges a policy without workloads for any pod that it would select', () => {
    const [reach] = states(
      policy('{podSelector: {matchLabels: {app: gone}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}'),
    )
    const selected = [...reach!.universe.classOf].filter(
      ([, subject]) => reach!.selecting(subject, 'ingress').length > 0,
    )
    expect(selected).toHaveLength(1)
    expect(selected[0]![0]).toMatch(/^any pod/)
  })
})
