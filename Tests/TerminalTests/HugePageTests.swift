import Foundation
import TestSupport
import Testing

/// What the kernel says about huge pages.
private enum HugePages {
    static let areGrantedOnRequest =
        (try? String(contentsOfFile: "/sys/kernel/mm/transparent_hugepage/enabled", encoding: .utf8))?
        .contains("[madvise]") == true
}

/// The heap of the executable, as the kernel sees it.
@Suite("Huge pages", .enabled(if: Terminal.isAvailable && HugePages.areGrantedOnRequest, "not on this system"))
struct HugePageTests {
    @Test func theHeapIsAskedForInHugePages() throws {
        let folder = try TemporaryFolder()
        let terminal = try Terminal(160, 24)
        try terminal.enter(
            "clear; \(Tools.drydock) serve --nodes 1 --listen 127.0.0.1:0 --kubeconfig \(folder.path)/config &")
        try terminal.waitFor("export KUBECONFIG=")
        // The flags of a mapping stand below its name; hg: somebody asked for huge pages.
        try terminal.enter("clear; sed -n '/\\[heap\\]/,/VmFlags/p' /proc/$!/smaps | grep -c ' hg'")
        let screen = try terminal.wait(for: "count") { $0.hasPrefix("0\n") || $0.hasPrefix("1\n") }
        // A shell that is hung up leaves its background jobs alone.
        try terminal.enter("clear; kill $!; wait; echo left")
        try terminal.wait(for: "end of the server") { $0.contains("left\n") && !$0.contains("echo") }
        #expect(screen.hasPrefix("1"))
    }
}
