/** Small manifests for tables of rules: a Deployment with one container, a Service, a NetworkPolicy. */
export function deployment(
  name: string,
  { namespace = 'shop', env = '', port = 8080 }: { namespace?: string; env?: string; port?: number } = {},
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: ${name}
          image: example/${name}:1
          ports:
            - containerPort: ${port}
${env === '' ? '' : `          env:\n${env}`}`
}

/** A NetworkPolicy whose `spec` is given, indented by two blanks. */
export function policy(name: string, spec: string, namespace = 'shop'): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
${spec}`
}

/** Denies everything in a namespace. */
export function denyAll(namespace = 'shop'): string {
  return policy('deny-all', '  podSelector: {}\n  policyTypes: [Ingress, Egress]\n', namespace)
}

/** Several documents of one file. */
export function documents(...texts: readonly string[]): string {
  return texts.join('---\n')
}

/** A Service that selects `app: <name>`; `ports` are items, indented by four blanks, `more` further lines of the spec by two. */
export function service(name: string, ports: string, { namespace = 'shop', more = '', metadata = '' } = {}): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
${metadata}spec:
${more}  selector:
    app: ${name}
  ports:
${ports}`
}

/** An Ingress with one rule; `more` further lines of the spec, indented by two blanks. */
export function ingress(
  name: string,
  {
    service: backend,
    port,
    host = 'shop.acme.io',
    more = '',
    metadata = '',
  }: { service: string; port: number; host?: string; more?: string; metadata?: string },
): string {
  const rule = host === '' ? '    - http:' : `    - host: ${host}\n      http:`
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: shop
${metadata}spec:
${more}  rules:
${rule}
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${backend}
                port:
                  number: ${port}
`
}
