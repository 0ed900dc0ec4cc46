// KubeNode
