// KubeNetwork
