#!/usr/bin/env bash
# Tests the operator beside this file against a cluster of its own, as a CI job would: needs drydock, kubectl and
# `pip install kopf kubernetes`.
set -euo pipefail
cd "$(dirname "$0")"

export KUBECONFIG
KUBECONFIG=$(mktemp)
"${DRYDOCK:-drydock}" serve --nodes 3 --listen 127.0.0.1:0 --kubeconfig "$KUBECONFIG" &
trap 'kill $(jobs -p); rm -f "$KUBECONFIG"' EXIT
until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done
kopf run operator.py --namespace default --quiet &

kubectl create -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {example.com/port: "80"}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.29"}]}
YAML

# The operator made the Service, and the cluster found the Deployment's pods for it.
timeout 30 sh -c 'until kubectl get service web >/dev/null 2>&1; do sleep 0.1; done'
kubectl wait --for=condition=Available deployment/web --timeout=60s
kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[0].endpoints[*].conditions.ready}' |
    grep -qx 'true true'

# With the Deployment the Service goes too.
kubectl delete deployment web
kubectl wait --for=delete service/web --timeout=60s
echo "the operator works"
