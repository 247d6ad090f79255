import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Files by path. */
export type Files = Map<string, string>

/**
 * A cluster of `workloads` workloads, one file each, a fifth as many policies and the square root as many namespaces: layers of
 * front ends, services and stores, where each policy admits the layer before it. The same number gives the same files.
 */
export function generateCluster(workloads: number): Files {
  const files: Files = new Map()
  const namespaces = Math.round(Math.sqrt(workloads))
  const policies = Math.round(workloads / 5)
  const name = (i: number) => `team-${i % namespaces}`
  for (let i = 0; i < namespaces; i++) {
    files.set(
      `namespaces/team-${i}.yaml`,
      `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-${i}\n  labels:\n    zone: ${i % 3 === 0 ? 'edge' : 'inner'}\n`,
    )
  }
  for (let i = 0; i < workloads; i++) files.set(`${name(i)}/app-${i}.yaml`, workload(i, name(i)))
  for (let i = 0; i < policies; i++) {
    const namespace = name(i)
    files.set(`${namespace}/policies/policy-${i}.yaml`, policy(i, namespace, namespaces))
  }
  return files
}

/** The same files with one policy that admits another port than before, which closes and opens connections of running pods. */
export function changeOnePolicy(files: Files): Files {
  const path = [...files.keys()].find((key) => key.endsWith('/policies/policy-1.yaml'))!
  return new Map(files).set(path, files.get(path)!.replace('port: 8080', 'port: 8081'))
}

/** `count` folders of one namespace each with `each` manifests that only hold policies and other objects, as GitOps repositories do. */
export function generateFolders(count: number, each: number): Files {
  const files: Files = new Map()
  for (let i = 0; i < count; i++) {
    const folder = `namespaces/${String(i).padStart(4, '0')}-service`
    files.set(
      `${folder}/00-namespace.yaml`,
      `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: service-${i}\n  labels:\n    component: service\n`,
    )
    files.set(`${folder}/01-networkpolicy.yaml`, policy(i, `service-${i}`, count))
    for (let k = 2; k < each; k++) {
      files.set(
        `${folder}/${String(k).padStart(2, '0')}-config.yaml`,
        `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-${k}\n  namespace: service-${i}\ndata:\n  url: https://service-${k}.example.com\n  level: info\n`,
      )
    }
  }
  return files
}

export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

function workload(i: number, namespace: string): string {
  const tier = ['front', 'service', 'store'][i % 3]
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${i}
  namespace: ${namespace}
  labels:
    app: app-${i}
spec:
  replicas: ${1 + (i % 4)}
  selector:
    matchLabels:
      app: app-${i}
  template:
    metadata:
      labels:
        app: app-${i}
        tier: ${tier}
        group: g${i % 17}
    spec:
      serviceAccountName: app-${i}
      containers:
        - name: main
          image: registry.example.com/app-${i}:1.${i % 10}.0
          ports:
            - name: http
              containerPort: 8080
            - name: metrics
              containerPort: 9090
          env:
            - name: UPSTREAM
              value: http://app-${(i * 7) % 97}
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
          readinessProbe:
            httpGet:
              path: /ready
              port: http
---
apiVersion: v1
kind: Service
metadata:
  name: app-${i}
  namespace: ${namespace}
spec:
  selector:
    app: app-${i}
  ports:
    - name: http
      port: 80
      targetPort: http
`
}

function policy(i: number, namespace: string, namespaces: number): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: policy-${i}
  namespace: ${namespace}
spec:
  podSelector:
    matchLabels:
      ${i % 2 === 0 ? `group: g${i % 17}` : 'tier: store'}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              tier: service
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: team-${(i * 3) % namespaces}
          podSelector:
            matchLabels:
              tier: front
      ports:
        - protocol: TCP
          port: 8080
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              zone: inner
      ports:
        - protocol: TCP
          port: 8080
        - protocol: TCP
          port: 8082
    - to:
        - ipBlock:
            cidr: 10.${i % 200}.0.0/16
            except:
              - 10.${i % 200}.${i % 256}.0/24
      ports:
        - protocol: TCP
          port: 443
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
`
}
