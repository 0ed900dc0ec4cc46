// KubeControllers
