import TerminalUI
import Testing

@Suite struct SmallWidgetTests {
    @Test func completion() {
        var popup = CompletionPopup(items: [.init("pods", detail: "po"), .init("podtemplates"), .init("policies")])
        #expect(popup.selectedItem == nil)
        #expect(popup.handle(.tab) == true)
        #expect(popup.selectedItem?.text == "pods")
        #expect(popup.handle(.up) == true)
        #expect(popup.selectedItem?.text == "policies")
        popup.replace(items: [.init("policies"), .init("pods")])
        #expect(popup.selected == 0)
        popup.replace(items: [.init("pods")])
        #expect(popup.selected == nil)
        #expect(popup.handle(.enter) == false)
        popup.replace(items: [])
        #expect(popup.handle(.tab) == false)
    }

    @Test(arguments: [ColorDepth.monochrome, .palette8, .palette256, .trueColor])
    func theChosenCompletionIsTold(depth: ColorDepth) {
        var popup = CompletionPopup(items: [.init("pods"), .init("nodes")])
        _ = popup.handle(.tab)
        var frame = Frame(width: 16, height: 4)
        popup.render(into: &frame, anchor: Point(x: 1, y: 0), bounds: frame.bounds, theme: Theme(.dark, depth: depth))
        #expect(frame[2, 1].style != frame[2, 2].style)
    }

    @Test func theItemAtAPosition() {
        let popup = CompletionPopup(items: [.init("pods", detail: "po"), .init("nodes", detail: "no")])
        let bounds = Rect(x: 0, y: 0, width: 16, height: 4)
        func item(_ x: Int, _ y: Int, anchor: Int) -> String? {
            popup.item(at: Point(x: x, y: y), anchor: Point(x: 1, y: anchor), bounds: bounds)?.text
        }
        #expect(item(2, 1, anchor: 0) == "pods" && item(2, 2, anchor: 0) == "nodes")
        #expect(item(2, 1, anchor: 3) == "pods" && item(2, 2, anchor: 3) == "nodes")
        #expect(item(2, 3, anchor: 0) == nil && item(0, 1, anchor: 0) == nil && item(14, 1, anchor: 0) == nil)
    }

    @Test func completionAboveOrBelow() {
        var popup = CompletionPopup(items: [.init("pods", detail: "po"), .init("nodes", detail: "no")])
        _ = popup.handle(.tab)
        var frame = Frame(width: 16, height: 4)
        popup.render(into: &frame, anchor: Point(x: 1, y: 0), bounds: frame.bounds, theme: .dark)
        #expect(
            grid(frame) == """
                |                |
                |  pods   po     |
                |  nodes  no     |
                |                |
                """)
        #expect(frame[2, 1].background == Theme.dark[.selection].background)
        var low = Frame(width: 16, height: 4)
        popup.render(into: &low, anchor: Point(x: 12, y: 3), bounds: low.bounds, theme: .dark)
        #expect(
            grid(low) == """
                |                |
                |      pods   po |
                |      nodes  no |
                |                |
                """)
    }

    @Test func help() {
        let grid1 = HelpGrid([
            .init("Move", [.init("up", "row above"), .init("down", "row below")]),
            .init("Act", [.init("ctrl-d", "delete")]),
        ])
        var frame = Frame(width: 40, height: 4)
        #expect(grid1.render(into: &frame, in: frame.bounds, theme: .dark))
        #expect(
            grid(frame) == """
                |Move              Act                   |
                |up    row above   ctrl-d  delete        |
                |down  row below                         |
                |                                        |
                """)
        var small = Frame(width: 10, height: 2)
        #expect(!grid1.render(into: &small, in: small.bounds, theme: .dark))
    }

    @Test func toasts() {
        var frame = Frame(width: 20, height: 1)
        ToastLine("pod deleted\nnow", role: .ok).render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(grid(frame) == "| ✓ pod deleted now  |")
        #expect(frame[3, 0].foreground == Theme.dark[.ok].foreground)
        #expect(frame[19, 0].background == Theme.dark[.toast].background)
    }

    @Test func longToastsTakeSeveralLines() {
        let toast = ToastLine("Cannot evict pod as it would violate the pod's disruption budget.", role: .warning)
        #expect(toast.size(within: 80) == Size(width: 70, height: 1))
        #expect(toast.size(within: 40) == Size(width: 33, height: 3))
        #expect(toast.size(within: 20) == Size(width: 20, height: 3))
        var frame = Frame(width: 20, height: 3)
        toast.render(into: &frame, in: frame.bounds, theme: .dark)
        #expect(
            grid(frame) == """
                | ! Cannot evict     |
                |   pod as it would  |
                |   violate the pod… |
                """)
    }

    @Test func bars() {
        var frame = Frame(width: 20, height: 2)
        Bar(label: "CPU", fraction: 0.5).render(into: &frame, in: frame.bounds.row(0), theme: .dark)
        Bar(fraction: 2, caption: "4/2").render(into: &frame, in: frame.bounds.row(1), theme: .dark)
        #expect(
            grid(frame) == """
                |CPU █████▌       50%|
                |████████████████ 4/2|
                """)
        #expect(Bar(fraction: 0.2).role == .chart)
        #expect(Bar(fraction: 0.8).role == .warning)
        #expect(Bar(fraction: 0.95).role == .error)
    }

    @Test func sparklines() {
        var frame = Frame(width: 20, height: 1)
        Sparkline(label: "writes/s", values: [1, 2, 4, 8], caption: "8").render(
            into: &frame, in: frame.bounds, theme: .dark)
        #expect(grid(frame) == "|writes/s      ▁▂▄█ 8|")
    }
}
