import TerminalUI

/// In the console a role is what a piece of the screen means; RBAC's Role is `KubeAPI.Role`.
typealias Role = TerminalUI.Role
