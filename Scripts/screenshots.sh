#!/usr/bin/env bash
# Draws screenshots/ from real runs: screenshots.sh DRYDOCK
# Every picture is what a user sees after the keys given, as SVG and, made from it, as PNG.
set -euo pipefail
cd "$(dirname "$0")/.."
drydock=$1
folder=screenshots
mkdir -p "$folder"
twelve=$(mktemp --suffix=.yaml)
trap 'rm -f "$twelve"' EXIT
sed 's/replicas: 3/replicas: 12/' Examples/web.yaml > "$twelve"

picture() { # picture NAME OPTIONS-OF-FRAME...
    local name=$1
    shift
    "$drydock" frame --svg "$@" > "$folder/$name.svg"
    rsvg-convert --zoom 1.5 "$folder/$name.svg" -o "$folder/$name.png"
    echo "$folder/$name.png"
}

# Twelve replicas are restarted; a little later some pods are new, some old, some leaving.
picture rollout --size 120x30 --nodes 6 -f "$twelve" --after 40s \
    --keys ':deployments<enter><wait 100ms>r<wait 100ms><enter><wait 300ms>:pods default<enter><wait 1600ms>'
# Five and a half minutes after a node lost its power: its pods are being replaced.
picture outage --size 120x30 --nodes 6 -f "$twelve" --after 40s \
    --keys ':nodes<enter><wait 100ms>/node-4<enter><wait 100ms>x<wait 355s>:pods default<enter><wait 500ms>'
# The rules of a NodePort service, with the probabilities of its endpoints.
picture rules --size 140x40 -f Examples/two-tier.yaml --after 40s \
    --keys ':services shop<enter><wait 100ms><down><wait 100ms>v<wait 1s>'
# A Deployment and its Service by form.
picture create --size 110x30 --after 40s --keys 'c<enter>web<tab>nginx:1.29<tab><ctrl-u>5<tab>80<tab> <tab><wait 200ms>'
# Why a pod is Pending.
picture describe --size 120x46 -f Examples/unschedulable.yaml --after 40s \
    --keys ':pods default<enter><wait 100ms>dw<wait 500ms>'
