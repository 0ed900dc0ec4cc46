// KubeScheduler
