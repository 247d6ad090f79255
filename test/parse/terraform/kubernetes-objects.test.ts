import { describe, expect, it } from 'vitest'
import { toPlace } from '../../../src/base/origin.ts'
import { get, toJson } from '../../../src/base/value.ts'
import { renderFiles, resourceAt } from './evaluate.ts'

const object = (text: string, address: string) => {
  const resource = resourceAt(renderFiles(text), address)
  return { kind: resource.kind, ...(toJson(resource.value) as object) }
}

describe('Kubernetes objects in Terraform', () => {
  it('are the objects that the provider makes', () => {
    const policy = `
resource "kubernetes_namespace" "a" {
  metadata {
    name   = "shop"
    labels = { my_label = "x" }
  }
}
resource "kubernetes_network_policy_v1" "p" {
  metadata {
    name      = "allow"
    namespace = kubernetes_namespace.a.metadata[0].name
  }
  spec {
    pod_selector {
      match_expressions {
        key      = "app"
        operator = "In"
        values   = ["web"]
      }
    }
    ingress {
      ports {
        port     = "8125"
        protocol = "UDP"
      }
      from {
        namespace_selector {
          match_labels = { team_name = "a" }
        }
      }
      from {
        ip_block {
          cidr   = "10.0.0.0/8"
          except = ["10.0.0.0/24"]
        }
      }
    }
    egress {}
    policy_types = ["Ingress", "Egress"]
  }
}
`
    expect(object(policy, 'kubernetes_network_policy_v1.p')).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'allow', namespace: 'shop' },
      spec: {
        podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
        ingress: [
          {
            ports: [{ port: 8125, protocol: 'UDP' }],
            from: [
              { namespaceSelector: { matchLabels: { team_name: 'a' } } },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/24'] } },
            ],
          },
        ],
        egress: [{}],
        policyTypes: ['Ingress', 'Egress'],
      },
    })
  })

  it('have the names and lists of the API', () => {
    const deployment = `
resource "kubernetes_deployment" "d" {
  metadata { name = "d" }
  spec {
    template {
      spec {
        host_network = true
        container {
          name = "c"
          port { container_port = 80 }
          env_from {
            secret_ref { name = "s" }
          }
        }
        volume {
          name = "v"
          secret { secret_name = "s" }
        }
      }
    }
  }
  timeouts { create = "5m" }
}
`
    expect(object(deployment, 'kubernetes_deployment.d')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: {
        template: {
          spec: {
            hostNetwork: true,
            containers: [{ name: 'c', ports: [{ containerPort: 80 }], envFrom: [{ secretRef: { name: 's' } }] }],
            volumes: [{ name: 'v', secret: { secretName: 's' } }],
          },
        },
      },
    })
  })

  it('tell the port of a backend from the ports of a service', () => {
    const text = `
resource "kubernetes_service" "s" {
  metadata { name = "s" }
  spec {
    selector         = { app = "x" }
    load_balancer_ip = "10.0.0.4"
    port {
      port        = 80
      target_port = "8080"
    }
  }
}
resource "kubernetes_ingress_v1" "i" {
  metadata { name = "i" }
  spec {
    rule {
      http {
        path {
          path = "/"
          backend {
            service {
              name = "s"
              port { number = 80 }
            }
          }
        }
      }
    }
  }
}
`
    expect(object(text, 'kubernetes_service.s')).toMatchObject({
      kind: 'Service',
      spec: { selector: { app: 'x' }, loadBalancerIP: '10.0.0.4', ports: [{ port: 80, targetPort: 8080 }] },
    })
    expect(object(text, 'kubernetes_ingress_v1.i')).toMatchObject({
      apiVersion: 'networking.k8s.io/v1',
      spec: {
        rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 's', port: { number: 80 } } } }] } }],
      },
    })
  })

  it('are taken from manifests, with the lines of the file that holds them', () => {
    const unit = renderFiles({
      'main.tf':
        'resource "kubernetes_manifest" "m" {\n  manifest = {\n    apiVersion = "v1"\n    kind = "ConfigMap"\n  }\n}\nresource "kubectl_manifest" "k" {\n  yaml_body = file("svc.yaml")\n}\nresource "kubectl_manifest" "unknown" {\n  yaml_body = data.http.x.body\n}\ndata "http" "x" {}\n',
      'svc.yaml': 'apiVersion: v1\nkind: Service\n',
    })
    expect(resourceAt(unit, 'kubernetes_manifest.m').kind).toBe('ConfigMap')
    const service = resourceAt(unit, 'kubectl_manifest.k')
    expect(service.kind).toBe('Service')
    expect(toPlace(get(service.value, 'kind')!.origin)).toMatchObject({ file: 'svc.yaml', line: 2 })
    expect(resourceAt(unit, 'kubectl_manifest.unknown').kind).toBe('kubectl_manifest')
  })

  it('of a chart are not rendered, and that is said', () => {
    const unit = renderFiles('resource "helm_release" "h" {\n  name  = "n"\n  chart = "ingress-nginx"\n}\n')
    expect(unit.problems).toMatchObject([{ code: 'not-rendered', message: expect.stringContaining('ingress-nginx') }])
    expect(unit.incomplete).toBe(true)
  })
})
