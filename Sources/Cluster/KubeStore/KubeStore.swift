// KubeStore
