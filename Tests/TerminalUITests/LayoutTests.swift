import TerminalUI
import Testing

@Suite struct LayoutTests {
    private let rect = Rect(x: 2, y: 1, width: 20, height: 10)

    @Test func rowsAndColumns() {
        let rows = rect.rows(.fixed(2), .flex(), .percent(30))
        #expect(rows.map(\.y) == [1, 3, 8])
        #expect(rows.map(\.height) == [2, 5, 3])
        let columns = rect.columns(.flex(2), .flex(1), .fixed(5))
        #expect(columns.map(\.width) == [10, 5, 5])
        #expect(columns.map(\.x) == [2, 12, 17])
    }

    @Test func whatFindsNoRoomIsEmpty() {
        #expect(rect.rows(.fixed(7), .fixed(7), .fixed(1)).map(\.height) == [7, 3, 0])
        #expect(rect.rows(.fixed(10), .flex()).map(\.height) == [10, 0])
    }

    @Test func minimumsCountTowardTheShare() {
        #expect(rect.columns(.flex(1, minimum: 4), .flex(1)).map(\.width) == [10, 10])
        #expect(rect.columns(.flex(1, minimum: 14), .flex(1), .flex(1)).map(\.width) == [14, 3, 3])
        #expect(rect.columns(.flex(), .flex(), .flex()).map(\.width) == [7, 7, 6])
    }

    @Test func insetsAndCentres() {
        #expect(rect.inset() == Rect(x: 3, y: 2, width: 18, height: 8))
        #expect(rect.inset(by: 6).isEmpty)
        #expect(rect.centered(Size(width: 10, height: 4)) == Rect(x: 7, y: 4, width: 10, height: 4))
        #expect(rect.centered(Size(width: 100, height: 4)).width == 20)
        #expect(rect.intersection(Rect(x: 0, y: 0, width: 5, height: 2)) == Rect(x: 2, y: 1, width: 3, height: 1))
        #expect(rect.splitBottom(3).bottom == Rect(x: 2, y: 8, width: 20, height: 3))
        #expect(rect.splitRight(30).rest.isEmpty)
    }

    @Test func sizesAsText() {
        #expect(Size("120x40") == Size(width: 120, height: 40))
        for wrong in ["", "120", "120x", "x40", "0x4", "-1x4", "120x40x1", "120 x 40", "99999x10"] {
            #expect(Size(wrong) == nil, "\(wrong)")
        }
    }
}
