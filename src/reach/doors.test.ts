import { describe, expect, it } from 'vitest'
import { printConnections } from '../algebra/connections.ts'
import { SourceText } from '../base/text.ts'
import { buildKubernetesNetwork } from '../model/kubernetes/build-network.ts'
import { readManifest } from '../parse/kubernetes/read-manifest.ts'
import type { Engine } from './engine.ts'
import { reachabilityOf } from './reachability.ts'

const POD = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}}}
---
`
const service = (spec: string, annotations = '{}') => `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, annotations: ${annotations}}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}], ${spec}}
---
`
const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal'
const DENY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}}
`

/** Kind, whether the internet comes to the door, and what it may open, for certain and perhaps. */
function doorsOf(text: string, engine: Engine = 'unknown') {
  const { resources } = readManifest(new SourceText('shop.yaml', text), { flux: false })
  const reach = reachabilityOf({ kubernetes: buildKubernetesNetwork(resources).network }, { engine })
  return reach
    .doors()
    .map((door) => [
      door.kind,
      door.public,
      printConnections(door.internet.certain),
      printConnections(door.internet.possible),
    ])
}

describe('doors', () => {
  it.each([
    ['type: ClusterIP', '{}', []],
    ['type: LoadBalancer', '{}', ['yes', 'TCP 8080', 'TCP 8080']],
    ['type: LoadBalancer', `{${INTERNAL}: "true"}`, ['no', '', '']],
    ['type: LoadBalancer', `{${INTERNAL}: "True"}`, ['yes', 'TCP 8080', 'TCP 8080']],
    ['type: LoadBalancer, loadBalancerClass: other', '{}', ['maybe', '', 'TCP 8080']],
    ['type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]', '{}', ['yes', '', '']],
    ['type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24]', '{}', ['yes', 'TCP 8080', 'TCP 8080']],
    ['type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24, nonsense]', '{}', ['yes', '', '']],
    [
      'type: LoadBalancer',
      '{service.beta.kubernetes.io/azure-allowed-service-tags: AzureFrontDoor.Backend}',
      ['yes', '', ''],
    ],
  ])('%s %s', (spec, annotations, expected) => {
    const doors = doorsOf(POD + service(`${spec}, allocateLoadBalancerNodePorts: false`, annotations))
    expect(doors).toEqual(expected.length === 0 ? [] : [['load-balancer', ...expected]])
  })

  it('of a node port lead to every node, public or not', () => {
    expect(doorsOf(POD + service('type: NodePort'))).toEqual([['node-port', 'maybe', '', 'TCP 8080']])
  })

  it('are shut by a policy, except where the engine does not see their traffic', () => {
    const text = POD + service('type: LoadBalancer, allocateLoadBalancerNodePorts: false') + DENY
    expect(doorsOf(text)).toEqual([['load-balancer', 'yes', '', '']])
    expect(doorsOf(text, 'azure')).toEqual([['load-balancer', 'yes', 'TCP 8080', 'TCP 8080']])
    expect(doorsOf(text, 'none')).toEqual([['load-balancer', 'yes', 'TCP 8080', 'TCP 8080']])
  })

  it('of an Ingress lead to the port of the pod behind its Service, by v1 and by the versions before', () => {
    const v1 = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
`
    const old = `
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {backend: {serviceName: web, servicePort: 80}}
`
    for (const ingress of [v1, old]) {
      expect(doorsOf(POD + service('type: ClusterIP') + ingress)).toEqual([['ingress', 'maybe', '', 'TCP 8080']])
    }
  })

  it('of the node: host ports, and the host network past every policy', () => {
    const pod = (spec: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: agent, namespace: shop}\nspec: ${spec}\n---\n`
    expect(doorsOf(pod('{containers: [{name: c, ports: [{containerPort: 80, hostPort: 8000}]}]}') + DENY)).toEqual([
      ['host-port', 'maybe', '', ''],
    ])
    expect(doorsOf(pod('{hostNetwork: true, containers: [{name: c}]}') + DENY)).toEqual([
      ['host-network', 'maybe', '', 'all connections'],
    ])
    expect(
      doorsOf(pod('{containers: [{name: c, ports: [{containerPort: 80, hostPort: 8000, hostIP: 127.0.0.1}]}]}')),
    ).toEqual([])
  })
})
