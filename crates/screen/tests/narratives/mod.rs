//! Narratives of about 2,700 characters put together from many phrases, and edited ones; shared by the tests of copied
//! passages and by the example that measures them. Nothing here knows how copies are looked for.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;

use nianbao_form::{Agency, Forms, Passage, Place, Registry, Report};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const WHO: [&str; 24] = [
    "各科室",
    "业务股室",
    "基层站所",
    "窗口人员",
    "网格员",
    "工作专班",
    "分管领导",
    "信息员",
    "法制机构",
    "承办单位",
    "志愿者",
    "驻村干部",
    "督查组",
    "新闻发言人",
    "审核小组",
    "值班人员",
    "社区居委会",
    "村民委员会",
    "行业协会",
    "服务大厅",
    "档案室",
    "宣传部门",
    "技术保障组",
    "联络员",
];
const HOW: [&str; 24] = [
    "及时",
    "定期",
    "逐项",
    "按季度",
    "分批",
    "全面",
    "重点",
    "持续",
    "主动",
    "认真",
    "逐级",
    "统一",
    "集中",
    "同步",
    "规范",
    "严格",
    "稳步",
    "有序",
    "深入",
    "常态化",
    "按月",
    "交叉",
    "分类",
    "滚动",
];
const DO: [&str; 32] = [
    "梳理", "发布", "更新", "核对", "解读", "公示", "汇总", "整改", "抽查", "回应", "归档", "审核", "通报", "培训", "完善",
    "优化", "收集", "研判", "督办", "反馈", "登记", "转办", "补录", "清理", "编制", "宣讲", "走访", "评估", "拓展", "衔接",
    "备案", "复核",
];
const WHAT: [&str; 48] = [
    "惠民补贴信息",
    "工程招标公告",
    "征地补偿方案",
    "执法检查结果",
    "财政预算决算",
    "义务教育招生安排",
    "医疗救助名单",
    "食品抽检通报",
    "环境监测数据",
    "道路施工计划",
    "老旧小区改造进度",
    "政策问答材料",
    "办事指南",
    "权责清单",
    "重点民生实事",
    "应急预案",
    "人事招聘公告",
    "安全生产提示",
    "农机购置补贴",
    "水源地保护措施",
    "保障房分配结果",
    "行政许可结果",
    "信用评价结果",
    "会议纪要",
    "公开栏内容",
    "服务热线工单",
    "网站错链",
    "新媒体账号",
    "公开属性认定",
    "依申请答复文书",
    "政务开放日活动",
    "群众意见建议",
    "年度培训计划",
    "目录编制规则",
    "涉企收费清单",
    "营商环境举措",
    "节水改造项目",
    "森林防火通告",
    "劳动就业岗位",
    "养老服务设施",
    "残疾人帮扶政策",
    "文化场馆开放",
    "旅游景区整治",
    "物业管理规定",
    "垃圾分类指引",
    "公交线路调整",
    "停车泊位规划",
    "消防验收意见",
];
const WHY: [&str; 28] = [
    "方便群众查询",
    "接受社会监督",
    "减少重复申请",
    "提高答复质量",
    "回应社会关切",
    "防止泄露隐私",
    "压实工作责任",
    "缩短办理时间",
    "消除信息差异",
    "保证口径一致",
    "扩大知晓范围",
    "补齐工作短板",
    "堵塞管理漏洞",
    "促进部门协同",
    "服务企业发展",
    "推动政策落地",
    "夯实基层基础",
    "化解矛盾纠纷",
    "改进工作作风",
    "提升队伍能力",
    "打通最后一环",
    "明确时限要求",
    "形成闭环管理",
    "便于老年人使用",
    "兼顾线上线下",
    "避免多头发布",
    "做到有据可查",
    "确保数据准确",
];

/// Phrases of 10 to 30 characters, all different.
pub fn phrases(count: usize, rng: &mut impl Rng) -> Vec<String> {
    let mut all = BTreeSet::new();
    while all.len() < count {
        let mut pick = |list: &[&'static str]| list[rng.random_range(0..list.len())];
        let phrase = match pick(&["a", "b", "c", "d"]) {
            "a" => format!("{}{}{}{}", pick(&WHO), pick(&HOW), pick(&DO), pick(&WHAT)),
            "b" => format!("{}{}{}和{}，{}", pick(&HOW), pick(&DO), pick(&WHAT), pick(&WHAT), pick(&WHY)),
            "c" => format!("由{}对{}{}{}，{}", pick(&WHO), pick(&WHAT), pick(&HOW), pick(&DO), pick(&WHY)),
            _ => format!("围绕{}，{}{}{}{}", pick(&WHY), pick(&WHO), pick(&HOW), pick(&DO), pick(&WHAT)),
        };
        all.insert(phrase);
    }
    // A set is in the order of its words; a pool must not be.
    let mut all: Vec<String> = all.into_iter().collect();
    for i in (1..all.len()).rev() {
        all.swap(i, rng.random_range(0..=i));
    }
    all
}

/// The phrases of a narrative.
pub type Narrative = Vec<String>;

pub fn narrative(pool: &[String], rng: &mut impl Rng) -> Narrative {
    let mut out = Vec::new();
    let mut length = 0;
    while length < 2_700 {
        let mut phrase = pool[rng.random_range(0..pool.len())].clone();
        match rng.random_range(0..12) {
            0 => phrase.push_str(&format!("{}件", rng.random_range(2..900))),
            1 => phrase = format!("{{agency}}{phrase}"),
            _ => {}
        }
        length += phrase.chars().count() + 1;
        out.push(phrase);
    }
    out
}

/// The same with a share of its phrases replaced, or of its characters where `letters` is set.
pub fn edited(of: &Narrative, pool: &[String], share: f64, letters: bool, rng: &mut impl Rng) -> Narrative {
    let strange: Vec<char> = WHAT.concat().chars().collect();
    let edit = |phrase: &String| {
        if letters {
            let mut swap = |c| if rng.random_bool(share) { strange[rng.random_range(0..strange.len())] } else { c };
            return phrase.chars().map(|c| if c.is_ascii() { c } else { swap(c) }).collect();
        }
        if rng.random_bool(share) { pool[rng.random_range(0..pool.len())].clone() } else { phrase.clone() }
    };
    of.iter().map(edit).collect()
}

/// The text, in paragraphs, with the agency's name.
pub fn text(of: &Narrative, agency: &str, year: u16) -> String {
    let mut out = format!("{year}年，");
    for (i, phrase) in of.iter().enumerate() {
        out.push_str(&phrase.replace("{agency}", agency));
        out.push_str(match i % 17 {
            16 => "。\n",
            n if n % 4 == 3 => "。",
            _ => "，",
        });
    }
    out
}

/// A district of so many agencies.
pub fn registry(count: usize) -> Registry {
    let mut agencies =
        vec![Agency { id: "D".into(), name: "青屿区人民政府".into(), kind: "district".into(), ..Agency::default() }];
    agencies.extend((0..count).map(|i| Agency {
        id: format!("A{i:06}"),
        name: name(i),
        parent: "D".into(),
        ..Agency::default()
    }));
    Registry::new(agencies).0
}

/// The name of the agency of a number.
pub fn name(number: usize) -> String {
    let letters: Vec<char> = "松柏桐槐榆柳枫桦梧桑".chars().collect();
    let digits: String = format!("{number:04}").chars().map(|c| letters[c.to_digit(10).unwrap() as usize]).collect();
    format!("青屿区{digits}镇人民政府")
}

pub fn report(forms: &Forms, agency: usize, year: u16, sections: &[(&str, String)]) -> Report {
    let mut report = Report::new(forms, format!("{year}/{agency:06}.docx"), name(agency), year, forms.for_year(year).unwrap());
    report.agency_id = Some(format!("A{agency:06}"));
    report.sections.extend(sections.iter().map(|(section, text)| Passage {
        section: (*section).to_owned(),
        heading: (*section).to_owned(),
        text: text.clone(),
        place: Place::Paragraph(3),
    }));
    report
}

/// The share of one text's 5-character shingles that stand in the other, worked out the plain way.
pub fn contained(a: &str, b: &str) -> f64 {
    let set = |t: &str| -> BTreeSet<Vec<char>> {
        let letters: Vec<char> = t.chars().filter(|c| c.is_alphabetic()).collect();
        letters.windows(5).map(<[char]>::to_vec).collect()
    };
    let (a, b) = (set(a), set(b));
    a.intersection(&b).count() as f64 / a.len().max(1) as f64
}

pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}
