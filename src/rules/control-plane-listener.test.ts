import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { controlPlaneListener } from './control-plane-listener.ts'

const pod = (words: readonly string[], field = 'command') => `apiVersion: v1
kind: Pod
metadata:
  name: part
  namespace: kube-system
spec:
  containers:
    - name: part
      image: registry.k8s.io/part:v1
      ${field}:
${words.map((word) => `        - ${word}`).join('\n')}
`

describe('control-plane-listener', () => {
  finds(controlPlaneListener, 'a scheduler on every address, written', {
    head: pod(['kube-scheduler', '--bind-address=0.0.0.0']),
    at: 'app.yaml: - --bind-address=0.0.0.0',
    severity: 'low',
    says: ['kube-system/part', 'every address', '10259'],
    patched: pod(['kube-scheduler', '--bind-address=127.0.0.1']),
  })
  finds(controlPlaneListener, 'a controller manager on every address, by default', {
    head: pod(['/usr/local/bin/kube-controller-manager', '--leader-elect=true']),
    at: 'app.yaml: - name: part',
    says: ['does not set --bind-address', '10257'],
    patched: pod(['/usr/local/bin/kube-controller-manager', '--leader-elect=true', '--bind-address=127.0.0.1']),
  })
  finds(controlPlaneListener, 'the flag and its value in two words', {
    head: pod(['kube-scheduler', '--bind-address', '10.0.0.4']),
    at: 'app.yaml: - --bind-address',
    says: ['that address'],
    patched: 'none',
  })
  finds(controlPlaneListener, 'an API server that asks nobody who it is', {
    head: pod(['kube-apiserver', '--insecure-bind-address=192.168.1.1']),
    at: 'app.yaml: - --insecure-bind-address=192.168.1.1',
    severity: 'high',
    patched: pod(['kube-apiserver', '--insecure-bind-address=127.0.0.1']),
  })
  finds(controlPlaneListener, 'the insecure port on loopback', {
    head: pod(['kube-apiserver', '--insecure-port=8080'], 'args'),
    at: 'app.yaml: - --insecure-port=8080',
    severity: 'medium',
    patched: pod(['kube-apiserver', '--insecure-port=0'], 'args'),
  })
  finds(controlPlaneListener, 'no encrypted port', {
    head: pod(['kube-apiserver', '--secure-port=0']),
    at: 'app.yaml: - --secure-port=0',
    patched: pod(['kube-apiserver', '--secure-port=6443']),
  })
  finds(controlPlaneListener, "a kubelet's read-only port by default", {
    head: pod(['hyperkube', 'kubelet', '--v=2']),
    at: 'app.yaml: - name: part',
    severity: 'medium',
    says: ['10255'],
    patched: pod(['hyperkube', 'kubelet', '--v=2', '--read-only-port=0']),
  })
  finds(controlPlaneListener, 'only the flag changes', {
    base: pod(['kube-scheduler', '--bind-address=127.0.0.1']),
    head: pod(['kube-scheduler', '--bind-address=0.0.0.0']),
    at: 'app.yaml: - --bind-address=0.0.0.0',
  })

  silent(controlPlaneListener, 'on loopback', { head: pod(['kube-scheduler', '--bind-address=127.0.0.1']) })
  silent(controlPlaneListener, 'on loopback, in two words', { head: pod(['kube-scheduler', '--bind-address', '::1']) })
  silent(controlPlaneListener, 'a port that is off', { head: pod(['kube-controller-manager', '--secure-port=0']) })
  silent(controlPlaneListener, 'the insecure address of a port that is off', {
    head: pod(['kube-apiserver', '--insecure-bind-address=0.0.0.0', '--insecure-port=0']),
  })
  silent(controlPlaneListener, 'an API server for whom nothing insecure is written', {
    head: pod(['kube-apiserver', '--bind-address=0.0.0.0', '--secure-port=6443']),
  })
  silent(controlPlaneListener, 'a kubelet with a configuration file', {
    head: pod(['kubelet', '--config=/etc/kubelet']),
  })
  silent(controlPlaneListener, 'no command', { head: pod([]) })
  silent(controlPlaneListener, 'another program', { head: pod(['kube-proxy', '--bind-address=0.0.0.0']) })
  silent(controlPlaneListener, 'it was so before', {
    base: pod(['kube-scheduler']),
    head: pod(['kube-scheduler', '--v=4']),
  })
})
