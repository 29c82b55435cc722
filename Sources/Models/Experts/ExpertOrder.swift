package import Kernels

/// The choices of a step sorted by expert, so that each expert's rows are computed together.
///
/// A choice is numbered row * expertsPerToken + rank. Counting sort, stable. Allocates: once. Runs on: engine
/// thread.
package final class ExpertOrder {
    private let starts: IndexBuffer
    /// The row of the choice at each position of the sorted list.
    package let rows: IndexBuffer
    /// The position in the sorted list of each choice.
    package let positions: IndexBuffer
    private let expertCount: Int

    /// - Parameter capacity: the most choices of a step, rows * expertsPerToken.
    package init(expertCount: Int, capacity: Int) {
        self.expertCount = expertCount
        starts = IndexBuffer(count: expertCount + 2)
        rows = IndexBuffer(count: capacity)
        positions = IndexBuffer(count: capacity)
    }

    /// Sorts all choices of `routing`.
    package func sort(_ routing: Routing) {
        for index in 0..<expertCount + 2 { starts[index] = 0 }
        let perRow = routing.expertsPerToken
        for choice in 0..<routing.rows * perRow {
            starts[routing.expert(row: choice / perRow, rank: choice % perRow) + 2] += 1
        }
        for expert in 0..<expertCount { starts[expert + 2] += starts[expert + 1] }
        for choice in 0..<routing.rows * perRow {
            let expert = routing.expert(row: choice / perRow, rank: choice % perRow)
            let position = starts[expert + 1]
            rows[position] = choice / perRow
            positions[choice] = position
            starts[expert + 1] += 1
        }
    }

    /// Positions in the sorted list that belong to `expert`.
    package func choices(of expert: Int) -> Range<Int> { starts[expert]..<starts[expert + 1] }
}
