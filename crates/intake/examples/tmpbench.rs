fn main() {
    for p in std::env::args().skip(1) {
        nianbao_intake::tmp_bench(&p);
    }
}
