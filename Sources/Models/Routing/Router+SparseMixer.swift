import Kernels

extension Router {
    func chooseSparseMixer(scores: FloatMatrix, threshold: Float, row: Int, routing: Routing) {}
}
