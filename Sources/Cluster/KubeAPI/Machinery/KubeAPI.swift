@_exported import KubeTypes
