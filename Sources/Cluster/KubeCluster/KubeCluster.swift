// KubeCluster
