#!/usr/bin/env bash
# Draws screenshots/ from real runs: screenshots.sh DRYDOCK
# Every picture is what a user sees after the keys given, as SVG and, made from it, as PNG.
set -euo pipefail
cd "$(dirname "$0")/.."
drydock=$1
folder=screenshots

picture() { # picture NAME OPTIONS-OF-FRAME...
    local name=$1
    shift
    "$drydock" frame --svg "$@" > "$folder/$name.svg"
    rsvg-convert --zoom 1.5 "$folder/$name.svg" -o "$folder/$name.png"
    echo "$folder/$name.png"
}

mkdir -p "$folder"
# The image of a Deployment of twelve replicas is changed; four seconds later some pods are new, some old, some leaving.
picture rollout --size 130x34 --nodes 6 -f Examples/rollout.yaml --after 40s \
    --keys ':pods default<enter><wait 1s>:deployments<enter>r<wait 200ms><enter><wait 1s>:pods<enter><wait 2500ms>'
# A node without power, 75 seconds later: it reads NotReady, its pods are being replaced.
picture outage --size 130x34 --nodes 6 -f Examples/rollout.yaml --after 40s \
    --keys ':nodes<enter>/node-4<enter>x<wait 100ms><enter><wait 6m>:pods default<enter><wait 1s>'
# The chains of a NodePort service, with the probabilities of its endpoints.
picture rules --size 130x38 -f Examples/two-tier.yaml --after 40s --keys ':services shop<enter><down>v<wait 1s>'
# A Deployment and its Service by form.
picture create --size 110x30 --after 10s \
    --keys 'c<enter>web<tab>nginx:1.29<tab><ctrl-u>5<tab>80<tab> <tab>'
# Why a pod is Pending.
picture describe --size 120x40 -f Examples/unschedulable.yaml --after 40s --keys ':pods default<enter>d<wait 1s>'
